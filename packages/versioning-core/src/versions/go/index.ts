export {
  deriveGo,
  deriveMirroredGo,
  type GoCommit,
  type GoVersion,
  type ParsedGoVersion,
  parseGoVersion,
} from './derive.ts';
export { type GoModError, goModulePath } from './mod.ts';
export {
  type GoMod,
  type GoRequirement,
  type GoRetraction,
  isDownloadablePath,
  isPlaceholderVersion,
  parseGoMod,
} from './mod-rules.ts';
export type { GoModule, GoModuleLocation } from './module.ts';
export { type GoModulePath, matchesPathMajor, parseGoModulePath } from './path.ts';
export { isPseudoVersion } from './pseudo.ts';
export { goRetractions, type RetractingTag, retractingTag } from './retractions.ts';
export { goTagPrefix } from './tags.ts';
export {
  decideGoZip,
  type GoModuleFile,
  type GoZip,
  type GoZipRefusal,
  MAX_ZIP,
} from './zip.ts';
