import type { Canonical } from '../../canonical/canonical.ts';
import { type Channel, formatVersionTag, parseVersionTag } from '../../canonical/channel.ts';
import { InvalidInputError } from '../../errors.ts';
import { assembleParsed, attempt, type ParsedVersion } from '../parsed.ts';
import type { Lineage } from '../versions.ts';
import type { GoModule } from './module.ts';
import { type GoModulePath, matchesPathMajor, parseGoModulePath, pathMajorPrefix } from './path.ts';
import { parsePseudoVersion, pseudoVersion } from './pseudo.ts';
import { isRetracted } from './retractions.ts';
import { compareGoSemver } from './semver.ts';
import { highestTag, parseDirectory, tagPrefix, type UsableTag, usableTag } from './tags.ts';

/** The version that `go` gives to a commit. */
export interface GoVersion {
  /** A tag's version, or a pseudo-version. */
  readonly version: string;
  /**
   * The tag that has this version, with the module's sub-directory as prefix (`sdk/go/v0.1.0`);
   * null for a pseudo-version.
   */
  readonly tag: string | null;
}

/** The parts of a commit that its Go version depends on. */
export type GoCommit = Pick<Canonical, 'sha' | 'datetime'> & Partial<Pick<Canonical, 'base'>>;

/**
 * Returns the tag itself on a release or candidate tag, otherwise what `go list -m <module>@<sha>`
 * answers. Follows `convert` in cmd/go/internal/modfetch/coderepo.go for a module whose go.mod
 * exists: a usable canonical tag on the commit wins; else `go` makes a pseudo-version after the
 * highest usable tag before the commit. Retracted versions (`module.retracted`) are not usable. The
 * base matters only without a module path. Throws `InvalidInputError` with the code
 * `module-path-major` or `invalid-input`.
 */
export function deriveGo(
  commit: GoCommit,
  channel: Channel,
  lineage: Lineage,
  module: GoModule = {},
): GoVersion {
  const { path, major, prefix, usable } = readTagRule(commit, module);
  if (channel.kind === 'release' || channel.kind === 'candidate') {
    const version = formatVersionTag(channel);
    if (path !== undefined) requirePathMajor(version, path);
    return { version, tag: `${prefix}${version}` };
  }
  const { tags, tagsAtCommit = [] } = lineage;
  const here = highestTag(usable(tagsAtCommit).filter((tag) => tag.canonical));
  if (here !== undefined) return { version: here.version, tag: `${prefix}${here.version}` };
  const older = highestTag(usable([...tags, ...tagsAtCommit]));
  const start = pathMajorPrefix(major) || 'v0';
  return { version: pseudoVersion(start, older?.version, commit.datetime, commit.sha), tag: null };
}

/**
 * Returns the tags of a repository that a pseudo-version of the commit may follow, the highest version
 * first. `deriveGo` uses the first of them that is on the commit or an ancestor. Throws
 * `InvalidInputError`.
 */
export function precedingGoTags(
  tags: readonly string[],
  commit: Partial<Pick<Canonical, 'base'>>,
  module: GoModule = {},
): readonly string[] {
  return readTagRule(commit, module)
    .usable(tags)
    .toSorted((a, b) => compareGoSemver(b.semver, a.semver))
    .map(({ tag }) => tag);
}

/** Which tags are a module's, by its path, folder and retractions. */
interface TagRule {
  readonly path: GoModulePath | undefined;
  readonly major: string;
  readonly prefix: string;
  readonly usable: (tags: readonly string[]) => UsableTag[];
}

function readTagRule(
  commit: Partial<Pick<Canonical, 'base'>>,
  { modulePath, directory, retracted = [] }: GoModule,
): TagRule {
  const path =
    modulePath === undefined ? undefined : parseGoModulePath(modulePath, 'go.modulePath');
  const major = path?.major ?? majorOfBase(commit);
  const prefix = tagPrefix(directory, major, path);
  const usable: TagRule['usable'] = (tags) =>
    tags
      .flatMap((tag) => usableTag(tag, prefix, major))
      .filter(({ semver }) => !isRetracted(semver, retracted));
  return { path, major, prefix, usable };
}

/**
 * Returns the version of a module that a mirror publishes: a tag on a release or candidate, else the
 * query `source-<sha>`, which `go` resolves to a pseudo-version that depends on the mirror's tags.
 * Throws `InvalidInputError` as `deriveGo` does.
 */
export function deriveMirroredGo(
  commit: GoCommit,
  channel: Channel,
  modulePath: string,
): GoVersion {
  const { tag } = deriveGo(commit, channel, { tags: [] }, { modulePath });
  return { version: tag ?? `source-${commit.sha}`, tag };
}

/** The parts of a Go version. */
export interface ParsedGoVersion extends ParsedVersion {
  /** The module's sub-directory, when the string was a tag with a prefix. */
  readonly directory?: string;
  /** The tag that precedes a pseudo-version, without prefix; absent if there was none. */
  readonly baseTag?: string;
}

/**
 * Reads a tag `vX.Y.Z` or `vX.Y.Z-rc.N`, also with a sub-directory prefix or `refs/tags/`, or a
 * pseudo-version with 12 hex digits that `go` would accept (`base` is then the version in it,
 * `baseTag` the tag before it). Returns undefined for anything else.
 */
export function parseGoVersion(text: string): ParsedGoVersion | undefined {
  const version = text.replace(/^refs\/tags\//, '');
  const pseudo = parsePseudoVersion(version);
  if (pseudo !== undefined) {
    const parsed = assembleParsed(pseudo.core, undefined, pseudo.datetime, pseudo.rev);
    return parsed === undefined || pseudo.older === undefined
      ? parsed
      : { ...parsed, baseTag: pseudo.older };
  }
  const cut = version.lastIndexOf('/');
  const directory = cut === -1 ? undefined : attempt(() => parseDirectory(version.slice(0, cut)));
  const tag = parseVersionTag(version.slice(cut + 1));
  if (tag === undefined || (cut !== -1 && !directory)) return undefined;
  const { kind: channel, ...rest } = tag;
  return { channel, ...rest, ...(directory === undefined ? {} : { directory }) };
}

// Without a go.mod, assume that the module's path has the base's major version, as Go's import
// compatibility rule demands.
function majorOfBase({ base }: Partial<Pick<Canonical, 'base'>>): string {
  const major = base?.split('.')[0] ?? '0';
  return major === '0' || major === '1' ? '' : `/v${major}`;
}

function requirePathMajor(version: string, module: GoModulePath): void {
  if (matchesPathMajor(version, module.major)) return;
  const own = /^v[0-9]+/.exec(version)?.[0] ?? '';
  const right = module.path.startsWith('gopkg.in/')
    ? `${module.prefix}.${own}`
    : own === 'v0' || own === 'v1'
      ? module.prefix
      : `${module.prefix}/${own}`;
  throw new InvalidInputError(
    {
      field: 'go.modulePath',
      received: module.path,
      expected: `a module path for major version ${own}, that is ${right}`,
      hint: `Change the module line of go.mod to "module ${right}", and the module's own imports with it; or change the base version.`,
    },
    'module-path-major',
  );
}
