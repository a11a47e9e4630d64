export { deriveVersions } from './derive.ts';
export type { GoVersion, ParsedGoVersion } from './go/derive.ts';
export { parseGoVersion } from './go/derive.ts';
export type { GoRetraction } from './go/mod-rules.ts';
export type { GoModule } from './go/module.ts';
export { parseNpmVersion } from './npm.ts';
export { type ParsedOciTag, parseOciTag } from './oci.ts';
export type { ParsedVersion } from './parsed.ts';
export { normalisePep440 } from './pep440.ts';
export {
  expandPointer,
  NPM_POINTERS,
  OCI_POINTERS,
  type PointerNames,
  type PointerPolicy,
  pointerPatterns,
} from './pointer-names.ts';
export { parsePypiVersion } from './pypi.ts';
export type {
  DeriveVersions,
  Lineage,
  NpmVersion,
  OciTags,
  PypiVersion,
  VersionOptions,
  Versions,
} from './versions.ts';
