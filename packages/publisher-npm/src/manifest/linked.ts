import semver from 'semver';
import type { WorkspacePackage } from '../workspace/workspace.ts';
import { type DependencyField, type RangeScope, rangeError } from './range-scope.ts';

/**
 * A dependency as its author wrote it, and as it is when `catalog:` and `workspace:` are resolved.
 */
export interface Dependency {
  readonly field: DependencyField;
  readonly name: string;
  /** Without `catalog:`. */
  readonly written: string;
  readonly resolved: string;
}

/**
 * The range to publish. One that contains the sibling's version in the source was linked to that
 * sibling: if the release's version is not in it, it follows, and `^0.0.0` becomes `^0.1.0`. Any
 * other range stays as it is.
 */
export function followingRange(dependency: Dependency, scope: RangeScope): string {
  const { field, name, resolved } = dependency;
  const { target, range } = withoutAlias(name, resolved);
  const version = scope.memberVersion(target);
  const linked = linkedSiblings(dependency, scope);
  if (version === undefined || linked.length === 0 || semver.satisfies(version, range, true))
    return resolved;
  const peers = field === 'peerDependencies';
  // Every client takes a prerelease for a peer `*`, although it is not in the range.
  if (peers && isAny(range)) return resolved;
  const followed = peers
    ? followingAlternatives(range, linked, version)
    : following(range, version);
  return resolved.startsWith('npm:') ? `npm:${target}@${followed}` : followed;
}

/**
 * Throws `InvalidInputError`, code `npm-range`, for a sibling that is not published. `where` names
 * the dependency.
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

function linkedSiblings(
  { name, resolved, written }: Dependency,
  scope: RangeScope,
): readonly WorkspacePackage[] {
  const { target, range } = withoutAlias(name, resolved);
  if (!written.includes('workspace:') && !scope.linksPlainRanges) return [];
  return scope.packages.filter((sibling) => sibling.name === target && isLinked(sibling, range));
}

/** `npm:@x/b@^1`, under any name, is `^1` of `@x/b`. */
export function withoutAlias(
  name: string,
  range: string,
): { readonly target: string; readonly range: string } {
  const [, target = name, aliased = range] = /^npm:(.+)@([^@]+)$/.exec(range) ?? [];
  return { target, range: aliased };
}

/**
 * As npm and Yarn link: never to the root, and by SemVer's own rule for prereleases, but `*`
 * takes any version, also a missing one.
 */
function isLinked({ directory, version = '' }: WorkspacePackage, range: string): boolean {
  return directory !== '' && (isAny(range) || semver.satisfies(version, range, true));
}

function isAny(range: string): boolean {
  return /^[*xX]?$/.test(range.trim());
}

/**
 * What `workspace:` with the range's operator would become: `^`, `~`, `>=` or none for a single
 * version, `^` for every other range.
 */
function following(range: string, version: string): string {
  const [, operator = '', operand = ''] = /^(\^|~|>=|=|)\s*([^\s|]+)$/.exec(range.trim()) ?? [];
  if (operator !== '' && operator !== '=') return `${operator}${version}`;
  return semver.valid(operand) === null ? `^${version}` : version;
}

/**
 * A peer range offers alternatives, `^7.0.0 || ^8.0.0`: those that are not of the version in the
 * source stay.
 */
function followingAlternatives(
  range: string,
  linked: readonly WorkspacePackage[],
  version: string,
): string {
  const alternatives = range.split('||').map((alternative) => {
    return linked.some((sibling) => isLinked(sibling, alternative))
      ? following(alternative, version)
      : alternative.trim();
  });
  return [...new Set(alternatives)].join(' || ');
}

/** A consumer could never install it: the version exists in this repository alone. */
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
