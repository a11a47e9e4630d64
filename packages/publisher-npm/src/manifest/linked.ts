import type { WorkspacePackage } from '@ameide/source-files/npm';
import semver from 'semver';
import { type DependencyField, type RangeScope, rangeError } from './range-scope.ts';

/** A dependency as its author wrote it, and with `catalog:` and `workspace:` resolved. */
export interface Dependency {
  readonly field: DependencyField;
  readonly name: string;
  /** The range without `catalog:`. */
  readonly written: string;
  readonly resolved: string;
}

/**
 * Returns the range to publish. If the release's version is outside a range that means the sibling,
 * the range follows it: `^0.0.0` becomes `^0.1.0`. A range means the sibling if the package manager
 * linked it, because it contains the sibling's version in the source, if only this release can
 * satisfy it, or if it is the package's own version. Any other range stays unchanged.
 */
export function followingRange(dependency: Dependency, scope: RangeScope): string {
  const { field, name, resolved } = dependency;
  const { target, range } = withoutAlias(name, resolved);
  const version = scope.memberVersion(target);
  if (version === undefined || semver.satisfies(version, range, true)) return resolved;
  const linked = linkedSiblings(dependency, scope);
  const means = (wanted: string): boolean =>
    linked.some((sibling) => isLinked(sibling, wanted)) ||
    onlyReleaseSatisfies(wanted, version) ||
    isPinnedTo(scope.version, wanted);
  const peers = field === 'peerDependencies';
  // Every client accepts a prerelease for a peer `*`, although the range does not contain it.
  if (peers && isAny(range)) return resolved;
  const alternatives = peers ? range.split('||') : [range];
  if (!alternatives.some(means)) return resolved;
  // A peer range offers alternatives, `^7.0.0 || ^8.0.0`: those that mean another version stay.
  const followed = alternatives.map((one) => (means(one) ? following(one, version) : one.trim()));
  const published = [...new Set(followed)].join(' || ');
  return resolved.startsWith('npm:') ? `npm:${target}@${published}` : published;
}

/**
 * True if no version of the package that was ever published is in the range: it asks for the
 * placeholder 0.0.0, or for the version that a prerelease `version` leads up to.
 */
function onlyReleaseSatisfies(range: string, version: string): boolean {
  const lowest = semver.validRange(range) === null ? undefined : semver.minVersion(range)?.version;
  if (lowest === undefined) return false;
  if (asksForPlaceholder(lowest, range)) return true;
  return semver.prerelease(version) !== null && lowest === baseOf(version);
}

/** Returns the version that a prerelease leads up to. */
function baseOf(version: string): string {
  return version.replace(/-.*$/, '');
}

/**
 * True if a range is exactly the package's own version in the source: a loader and its package for
 * each platform (esbuild, napi-rs, swc) are of one release.
 */
function isPinnedTo(version: string | undefined, range: string): boolean {
  return version !== undefined && range.trim().replace(/^=\s*/, '') === version;
}

/**
 * Throws `InvalidInputError`, code `npm-range`, if the sibling is not published. `where` names the
 * dependency.
 */
export function refuseUnpublished(dependency: Dependency, scope: RangeScope, where: string): void {
  const { name, resolved, written } = dependency;
  const { target, range } = withoutAlias(name, resolved);
  if (scope.memberVersion(target) !== undefined) return;
  const siblings = written.includes('workspace:')
    ? scope.packages.filter((candidate) => candidate.name === target)
    : linkedSiblings(dependency, scope);
  for (const sibling of siblings) refuseSibling(sibling, range, written, where);
}

/**
 * Throws `InvalidInputError`, code `npm-range`, if a range behind `workspace:` contains neither the
 * version of the sibling in the source nor the one that this release publishes. pnpm and Bun refuse to
 * install such a workspace. `published` is what consumers would see.
 */
export function refuseUnsatisfied(
  { name, written }: Dependency,
  published: string,
  scope: RangeScope,
  where: string,
): void {
  const { target, range } = withoutAlias(name, published);
  const version = scope.memberVersion(target);
  if (version === undefined || !written.startsWith('workspace:')) return;
  const siblings = scope.packages.filter((one) => one.name === target);
  const versions = [version, baseOf(version), ...siblings.map((one) => one.version ?? '')];
  if (versions.some((one) => semver.satisfies(one, range, true))) return;
  const sibling = target === name ? '' : `${target}@`;
  throw rangeError(
    where,
    `a range that the release's version of ${target}, ${version}, is in`,
    written,
    `Write workspace:${sibling}^ for the version that this release publishes, or ${published} for one that was published before.`,
  );
}

function linkedSiblings(
  { name, resolved, written }: Dependency,
  scope: RangeScope,
): readonly WorkspacePackage[] {
  const { target, range } = withoutAlias(name, resolved);
  if (!written.includes('workspace:') && !scope.linksPlainRanges) return [];
  // Never the root.
  return scope.packages.filter(
    (sibling) =>
      sibling.directory !== scope.workspaceRoot &&
      sibling.name === target &&
      isLinked(sibling, range),
  );
}

/** Returns `^1` of `@x/b` for `npm:@x/b@^1`, under whatever name. */
export function withoutAlias(
  name: string,
  range: string,
): { readonly target: string; readonly range: string } {
  const [, target = name, aliased = range] = /^npm:(.+)@([^@]+)$/.exec(range) ?? [];
  return { target, range: aliased };
}

/**
 * True if npm and Yarn would link the package: by SemVer's own rule for prereleases, but `*` matches
 * any version, even a missing one.
 */
function isLinked({ version = '' }: WorkspacePackage, range: string): boolean {
  return isAny(range) || semver.satisfies(version, range, true);
}

export function isAny(range: string): boolean {
  return /^[*xX]?$/.test(range.trim());
}

/**
 * Returns what `workspace:` with the range's operator would become: `^`, `~`, `>=` or none for a
 * single version, `^` for any other range.
 */
function following(range: string, version: string): string {
  const [, operator = '', operand = ''] = /^(\^|~|>=|=|)\s*([^\s|]+)$/.exec(range.trim()) ?? [];
  if (operator !== '' && operator !== '=') return `${operator}${version}`;
  return semver.valid(operand) === null ? `^${version}` : version;
}

/**
 * Refuses a sibling that a consumer could never install, because that version exists only in this
 * repository.
 */
function refuseSibling(
  { name, version = '', private: isPrivate }: WorkspacePackage,
  range: string,
  written: string,
  where: string,
): void {
  const why =
    isPrivate === true
      ? 'is private'
      : `is not part of this release, and its version ${version} is a placeholder`;
  if (isPrivate !== true && !asksForPlaceholder(version, range)) return;
  const hint = `${name} ${why}: publish it in the same release, or make it a devDependency and let the build bundle it.`;
  throw rangeError(where, 'a package that is published', written, hint);
}

function asksForPlaceholder(version: string, range: string): boolean {
  return (
    /^0\.0\.0(?:-|$)/.test(version) &&
    semver.validRange(range) !== null &&
    !semver.intersects(range, '>=0.1.0')
  );
}
