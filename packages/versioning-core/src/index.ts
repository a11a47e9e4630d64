export { type BaseVersion, compareBase, parseBase } from './canonical/base.ts';
export { type Canonical, type CanonicalInput, canonical } from './canonical/canonical.ts';
export {
  type Channel,
  type ChannelKind,
  classifyRef,
  formatVersionTag,
  parseVersionTag,
  TAG_PREFIX,
} from './canonical/channel.ts';
export { type DateTime, parseDateTime, unixSeconds } from './canonical/datetime.ts';
export { type CommitSha, isSha, parseSha, shortSha } from './canonical/sha.ts';
export { type InvalidInput, InvalidInputError, printable, received } from './errors.ts';
export { isGitTag, parseGithubName } from './names/github-name.ts';
export { isLoopback } from './names/loopback.ts';
export { parseNpmName } from './names/npm-name.ts';
export { isOciDigest, isOciTag, parseOciName } from './names/oci-name.ts';
export { normalisePypiName, parsePypiName } from './names/pypi-name.ts';
export {
  folderOf,
  isBelow,
  parseRepositoryPath,
  pathBelow,
  pathIn,
} from './names/repository-path.ts';
export { didYouMean } from './options/known-names.ts';
export * from './publisher/index.ts';
export { failed, ok, type Problems, type Result } from './result.ts';
export * from './versions/index.ts';
