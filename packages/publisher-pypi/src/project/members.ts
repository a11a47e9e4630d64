import type { Coordinate, Release } from '@ameide/versioning-core';
import { sameVersion } from './pep440.ts';
import type { Requirement } from './requirements.ts';
import {
  admitsPrereleases,
  type Clause,
  formatClause,
  isIn,
  isPrerelease,
  parseSpecifier,
  releaseOf,
} from './specifiers.ts';

/** The Python projects of one release. Serialisable as JSON. */
export interface Members {
  /** The version that the release publishes of each, by normalised name (PEP 503). */
  readonly versions: Readonly<Record<string, string>>;
  /** The base version of the release, which projects may have in the source. */
  readonly base: string;
}

/** The version of a project in the source, where it is not the base version. */
const PLACEHOLDER = '0.0.0';

export function membersOf({ canonical, members, versions }: Release): Members {
  const projects = members.filter(({ ecosystem }) => ecosystem === 'pypi');
  const { full, version } = versions.pypi;
  return {
    versions: Object.fromEntries(
      projects.map(({ name, localVersion }) => [name, localVersion === true ? full : version]),
    ),
    base: canonical.base,
  };
}

/** The version that the release publishes; undefined for what is no member (`constructor` too). */
export function memberVersion({ versions }: Members, name: string): string | undefined {
  return Object.hasOwn(versions, name) ? versions[name] : undefined;
}

/** What a release makes of a requirement on one of its members. */
export type MemberRequirement =
  /** The specifier to publish; `isChanged` if it is another one than the author's. */
  | { readonly specifier: string; readonly isChanged: boolean; readonly needsThis: boolean }
  /** Why nobody could install the requirement together with this release. */
  | { readonly refused: string };

/**
 * Returns what a requirement becomes; undefined if it is on no member, or if only the built metadata
 * will tell. A dev build requires exactly what it was built with. In a release and a candidate a
 * specifier that has the release's version stays; others follow it by their operators, if they mean
 * this release: the placeholder, or the base version. Decision 29.
 */
export function memberRequirement(
  requirement: Requirement,
  members: Members,
): MemberRequirement | undefined {
  const { address, isLocal, name, specifier, syntax } = requirement;
  const version = memberVersion(members, name);
  if (version === undefined) return undefined;
  if (address !== undefined && !isLocal) return { refused: 'is required from an address' };
  const alternatives = parseSpecifier(specifier, syntax);
  if (alternatives === undefined) return undefined;
  const wanted: Wanted = { version, isLocal, sources: [PLACEHOLDER, members.base] };
  const followed = /\.dev\d/.test(version)
    ? pinned(alternatives, wanted)
    : alternatives.map((clauses) => followingClauses(clauses, wanted));
  if (!followed.some((clauses) => clauses.every((clause) => isIn(version, clause))))
    return { refused: `is required as ${specifier}, and this release publishes ${version}` };
  const text = followed.map((clauses) => clauses.map(formatClause).join(',')).join(' || ');
  const isChanged =
    address !== undefined || followed.some((clauses, at) => clauses !== alternatives[at]);
  return {
    specifier: isChanged ? text : specifier,
    isChanged,
    needsThis: followed.every((clauses) => clauses.some((clause) => startsAt(version, clause))),
  };
}

/**
 * Returns the other members that a project needs in this release's version, in an extra too: no
 * earlier version will do.
 */
export function requiredMembers(
  requirements: readonly Requirement[],
  members: Members,
  own: string,
): readonly Coordinate[] {
  const names = namesWhere(requirements, members, ({ needsThis }) => needsThis);
  return names
    .filter((name) => name !== own)
    .map((name) => ({ ecosystem: 'pypi', name, version: members.versions[name] ?? '' }));
}

/** Returns the names of the members whose specifiers a release changes. */
export function followedMembers(
  requirements: readonly Requirement[],
  members: Members,
): readonly string[] {
  return namesWhere(requirements, members, ({ isChanged }) => isChanged);
}

function namesWhere(
  requirements: readonly Requirement[],
  members: Members,
  isWanted: (found: Extract<MemberRequirement, { specifier: string }>) => boolean,
): readonly string[] {
  const names = requirements.flatMap((requirement) => {
    const found = memberRequirement(requirement, members);
    return found !== undefined && 'specifier' in found && isWanted(found) ? [requirement.name] : [];
  });
  return [...new Set(names)];
}

interface Wanted {
  /** The version that the release publishes. */
  readonly version: string;
  /** True if the project's tool takes the member from its folder. */
  readonly isLocal: boolean;
  /** The versions that the member may have in the source. */
  readonly sources: readonly string[];
}

type Alternatives = readonly (readonly Clause[])[];

/** `==` the version, if the specifier means this release in any way. */
function pinned(alternatives: Alternatives, { sources, version }: Wanted): Alternatives {
  const meant = [version, releaseOf(version).join('.'), ...sources];
  const isMeant = alternatives.some((clauses) =>
    meant.some((one) => clauses.every((clause) => isIn(one, clause))),
  );
  const isArbitrary = alternatives.some((clauses) => clauses.some(isArbitraryEquality));
  return isMeant && !isArbitrary ? [[clauseOf('==', version)]] : alternatives;
}

/** Returns the same array if no clause changes. */
function followingClauses(clauses: readonly Clause[], wanted: Wanted): readonly Clause[] {
  const { isLocal, version } = wanted;
  const followed = clauses.map((clause) => followingClause(clause, wanted));
  const isOpen = clauses.length === 0 && isLocal;
  // Without a prerelease in the specifier, installers would take the last release instead.
  const isHidden = isPrerelease(version) && !followed.some(admitsPrereleases);
  if (isOpen || isHidden) return [clauseOf('>=', version), ...followed];
  return followed.some((clause, at) => clause !== clauses[at]) ? followed : clauses;
}

function followingClause(clause: Clause, wanted: Wanted): Clause {
  const { isPrefix, operator } = clause;
  const { version, sources } = wanted;
  if (isPrefix || !['==', '~=', '>=', '^', '~'].includes(operator))
    return isPrefix ? followingPrefix(clause, wanted) : clause;
  const lower = operator === '>=' || operator === '~=' || operator === '^' || operator === '~';
  const isPlaceholder = operator === '>=' && sameVersion(clause.version, PLACEHOLDER);
  const base = releaseOf(version).join('.');
  if (isIn(version, clause)) {
    const isOlder = isPrerelease(version) && lower && !sameVersion(clause.version, version);
    return isPlaceholder || isOlder ? { ...clause, version } : clause;
  }
  return [...sources, base].some((source) => isIn(source, clause))
    ? { ...clause, version }
    : clause;
}

/** `==0.0.*` becomes `==0.1.*`. */
function followingPrefix(clause: Clause, { sources, version }: Wanted): Clause {
  const { operator, version: prefix } = clause;
  if (operator !== '==' || isIn(version, clause)) return clause;
  const numbers = releaseOf(version).slice(0, releaseOf(prefix).length);
  return sources.some((source) => isIn(source, clause))
    ? { ...clause, version: numbers.join('.') }
    : clause;
}

function isArbitraryEquality({ operator }: Clause): boolean {
  return operator === '===';
}

function clauseOf(operator: string, version: string): Clause {
  return { operator, version, isPrefix: false };
}

/** True if no version below this one is in the clause. */
function startsAt(version: string, clause: Clause): boolean {
  const starts = ['==', '===', '~=', '>=', '^', '~'].includes(clause.operator) && !clause.isPrefix;
  return starts && sameVersion(clause.version, version);
}
