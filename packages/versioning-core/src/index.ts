export type { BaseVersion } from './canonical/base.ts';
export { compareBase, parseBase } from './canonical/base.ts';
export type { Canonical, CanonicalInput } from './canonical/canonical.ts';
export { canonical } from './canonical/canonical.ts';
export type { Channel, ChannelKind } from './canonical/channel.ts';
export { classifyRef, formatVersionTag, parseVersionTag } from './canonical/channel.ts';
export type { DateTime } from './canonical/datetime.ts';
export { parseDateTime, unixSeconds } from './canonical/datetime.ts';
export type { CommitSha } from './canonical/sha.ts';
export { isSha, parseSha, shortSha } from './canonical/sha.ts';
export type { InvalidInput } from './errors.ts';
export { InvalidInputError, printable, received } from './errors.ts';
export type { GoModulePath } from './names/go-path.ts';
export { matchesPathMajor, parseGoModulePath } from './names/go-path.ts';
export { isLoopback } from './names/loopback.ts';
export { parseNpmName } from './names/npm-name.ts';
export { isOciDigest, isOciTag, parseOciName } from './names/oci-name.ts';
export { parsePypiName } from './names/pypi-name.ts';
export { parseRepositoryPath } from './names/repository-path.ts';
export { didYouMean, refuseUnknownOptions } from './options/known-names.ts';
export type { Bundle, BundleFile, Carrier } from './publisher/carrier.ts';
export type { Coordinate, Ecosystem, Pointer } from './publisher/coordinate.ts';
export { formatCoordinate, parseCoordinate } from './publisher/coordinate-text.ts';
export {
  classifyFinding,
  type ExpectedArtifact,
  isOurs,
  type RegisteredArtifact,
} from './publisher/finding-state.ts';
export type { Named, PointerRule, PointerVerdict } from './publisher/pointer-rule.ts';
export { judgePointer } from './publisher/pointer-rule.ts';
export {
  inputProblem,
  type Problem,
  type ProblemInput,
  type ProblemKind,
  problem,
} from './publisher/problem.ts';
export type {
  Artifact,
  Built,
  FileFinding,
  Finding,
  FindingState,
  Plan,
  PointerFinding,
  PointerMove,
  Published,
  Publisher,
  PublisherDefinition,
  PublisherId,
  ReleaseEvent,
  Step,
  Subject,
} from './publisher/publisher.ts';
export type { Member, Release } from './publisher/release.ts';
export type {
  AncestorTag,
  History,
  MissingContent,
  Relation,
  SourceTree,
  TreeFile,
} from './publisher/source.ts';
export { failed, ok, type Problems, type Result } from './result.ts';
export { deriveVersions } from './versions/derive.ts';
export type { ParsedGoVersion } from './versions/go.ts';
export { parseGoVersion } from './versions/go.ts';
export { goModDirectives, goModString, goModulePath } from './versions/go-mod.ts';
export { isPseudoVersion } from './versions/go-pseudo.ts';
export type { GoModulePlace, RetractingTag } from './versions/go-retractions.ts';
export { goRetractions, retractingTag } from './versions/go-retractions.ts';
export { parseNpmVersion } from './versions/npm.ts';
export type { ParsedOciTag } from './versions/oci.ts';
export { parseOciTag } from './versions/oci.ts';
export type { ParsedVersion } from './versions/parsed.ts';
export { normalisePep440 } from './versions/pep440.ts';
export { parsePypiVersion } from './versions/pypi.ts';
export type {
  DeriveVersions,
  GoModuleOptions,
  GoRetraction,
  GoVersion,
  Lineage,
  NpmVersion,
  OciTags,
  PypiVersion,
  VersionOptions,
  Versions,
} from './versions/versions.ts';
