export type { BaseVersion } from './canonical/base.ts';
export { parseBase } from './canonical/base.ts';
export type { Canonical, CanonicalInput } from './canonical/canonical.ts';
export { canonical } from './canonical/canonical.ts';
export type { Channel, ChannelKind } from './canonical/channel.ts';
export { classifyRef, formatVersionTag, parseVersionTag } from './canonical/channel.ts';
export type { DateTime } from './canonical/datetime.ts';
export { parseDateTime, unixSeconds } from './canonical/datetime.ts';
export type { CommitSha } from './canonical/sha.ts';
export { parseSha, shortSha } from './canonical/sha.ts';
export type { InvalidInput } from './errors.ts';
export { InvalidInputError, printable } from './errors.ts';
export type { Bundle, BundleFile, BundleResult, Carrier } from './publisher/carrier.ts';
export type { Coordinate, Ecosystem, Pointer } from './publisher/coordinate.ts';
export type { Problem, ProblemKind } from './publisher/problem.ts';
export type {
  Artifact,
  BuildResult,
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
export type { AncestorTag, History, Relation, SourceTree, TreeFile } from './publisher/source.ts';
export type {
  DeriveVersions,
  GoModuleOptions,
  GoVersion,
  Lineage,
  NpmVersion,
  OciTags,
  PypiVersion,
  VersionOptions,
  Versions,
} from './versions/versions.ts';
