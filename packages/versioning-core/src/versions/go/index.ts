export {
  deriveGo,
  deriveMirroredGo,
  type GoCommit,
  type GoVersion,
  type ParsedGoVersion,
  parseGoVersion,
  precedingGoTags,
} from './derive.ts';
export { highestGoTag, type IncompatibleTags, incompatibleTags } from './incompatible.ts';
export { listGoVersions } from './listed.ts';
export {
  type GoModDirective,
  type GoModError,
  goModString,
  goModulePath,
  parseGoModSyntax,
} from './mod.ts';
export { editGoMod, type GoModEdit } from './mod-edit.ts';
export {
  type GoLocalReplacement,
  type GoMod,
  type GoModuleReplacement,
  type GoRequirement,
  type GoRetraction,
  isDownloadablePath,
  isPlaceholderVersion,
  parseGoMod,
} from './mod-rules.ts';
export type { GoModule, GoModuleLocation } from './module.ts';
export { type GoModulePath, matchesPathMajor, parseGoModulePath } from './path.ts';
export { isPseudoVersion } from './pseudo.ts';
export {
  goRetractions,
  isRetractedVersion,
  type RetractingTag,
  retractingTag,
} from './retractions.ts';
export { compareGoVersions } from './semver.ts';
export { downloadedModules, editGoSum, type GoSums, readGoSums, withoutModules } from './sum.ts';
export { goTagPrefix } from './tags.ts';
export { isVendorConsistent } from './vendor.ts';
export { type GoWork, parseGoWork } from './work.ts';
export {
  decideGoZip,
  type GoModuleFile,
  type GoZip,
  type GoZipRefusal,
  MAX_ZIP,
} from './zip.ts';
