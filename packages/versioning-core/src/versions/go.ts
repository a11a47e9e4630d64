import type { Canonical } from '../canonical/canonical.ts';
import { type Channel, formatVersionTag, parseVersionTag } from '../canonical/channel.ts';
import { InvalidInputError } from '../errors.ts';
import {
  type GoModulePath,
  matchesPathMajor,
  parseGoModulePath,
  pathMajorPrefix,
} from '../names/go-path.ts';
import { parsePseudoVersion, pseudoVersion } from './go-pseudo.ts';
import { isRetracted } from './go-retractions.ts';
import { highestTag, parseDirectory, tagPrefix, type UsableTag, usableTag } from './go-tags.ts';
import { assembleParsed, attempt, type ParsedVersion } from './parsed.ts';
import type { GoModuleOptions, GoVersion, Lineage } from './versions.ts';

/**
 * On a release or candidate tag the tag; otherwise what `go list -m <module>@<sha>` answers.
 * Follows `convert` in cmd/go/internal/modfetch/coderepo.go for a module whose go.mod is in place:
 * a usable canonical tag on the commit wins, else a pseudo-version after the highest usable tag
 * before it. What `options.retracted` holds is not usable.
 */
export function deriveGo(
  canonical: Canonical,
  channel: Channel,
  lineage: Lineage,
  options: GoModuleOptions = {},
): GoVersion {
  const modulePath =
    options.modulePath === undefined
      ? undefined
      : parseGoModulePath(options.modulePath, 'go.modulePath');
  const major = modulePath === undefined ? majorOfBase(canonical) : modulePath.major;
  const prefix = tagPrefix(options.directory, major, modulePath);
  if (channel.kind === 'release' || channel.kind === 'candidate') {
    const version = formatVersionTag(channel);
    if (modulePath !== undefined) requirePathMajor(version, modulePath);
    return { version, tag: `${prefix}${version}` };
  }
  const { retracted = [] } = options;
  const usable = (tags: readonly string[]): UsableTag[] =>
    tags
      .flatMap((tag) => usableTag(tag, prefix, major))
      .filter(({ semver }) => !isRetracted(semver, retracted));
  const here = highestTag(usable(lineage.tagsAtCommit ?? []).filter((tag) => tag.canonical));
  if (here !== undefined) return { version: here.version, tag: `${prefix}${here.version}` };
  const older = highestTag(usable([...lineage.tags, ...(lineage.tagsAtCommit ?? [])]));
  return {
    version: pseudoVersion(
      pathMajorPrefix(major) || 'v0',
      older?.version,
      canonical.datetime,
      canonical.sha,
    ),
    tag: null,
  };
}

/** A Go version, read. */
export interface ParsedGoVersion extends ParsedVersion {
  /** The module's sub-directory, when the string was a tag with a prefix. */
  readonly directory?: string;
  /** The tag that a pseudo-version comes after, without prefix; absent when there was none. */
  readonly baseTag?: string;
}

/**
 * Reads a tag `vX.Y.Z` or `vX.Y.Z-rc.N`, also behind a sub-directory prefix or `refs/tags/`, or a
 * pseudo-version with 12 hex digits that `go` would accept (`base` is then the version that `go`
 * wrote, `baseTag` the one before it). Undefined for any other.
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

// Without a go.mod to look at, the module is taken to follow the base, as Go's import compatibility
// rule demands.
function majorOfBase(canonical: Canonical): string {
  const major = canonical.base.split('.')[0] ?? '0';
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
