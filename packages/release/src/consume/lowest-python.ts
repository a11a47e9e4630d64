import { normalisePep440 } from '@ameide/versioning-core';
import { compareVersions } from '@ameide/versioning-core/clients';
import type { Lowest } from './lowest.ts';

/** `>=0.1`, `==0.1.*`; without an operator as Poetry writes it: `0.1`, `*`. */
const CLAUSE = /^(===|==|~=|!=|<=|>=|<|>|\^|~)?\s*([^\s<>=~^]+)$/;

interface Clause {
  readonly operator: string;
  readonly version: string;
  /** True for `0.1.*`, which Poetry also writes `0.1.x`. */
  readonly isPrefix: boolean;
}

type Bound = { readonly version: string; readonly isExcluded?: true };

/**
 * The lowest version that specifiers admit (https://packaging.python.org/en/latest/specifications/version-specifiers/),
 * or a constraint of Poetry (https://python-poetry.org/docs/dependency-specification/).
 */
export function lowestPython(requirement: string): Lowest {
  const all = requirement.split(/\|\|?/).map(lowestOfAll);
  const bounds = all.filter((one) => one !== undefined);
  const [lowest] = bounds.toSorted(compareBounds);
  return lowest === undefined || bounds.length < all.length ? 'unreadable' : lowest;
}

/** No version is lower. */
const FIRST: Bound = { version: '0.dev0' };

/** The lowest version that all specifiers admit; undefined if one of them cannot be read. */
function lowestOfAll(specifiers: string): Bound | undefined {
  const clauses = specifiers
    // Poetry also takes a space between two.
    .replaceAll(/(?<=[^\s,<>=!~^])\s+(?=[<>=!~^])/g, ',')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== '*')
    .map(clauseOf);
  const known = clauses.filter((one) => one !== undefined);
  if (known.length < clauses.length) return undefined;
  const lowest = known.flatMap(boundOf).toSorted(compareBounds).at(-1) ?? FIRST;
  return above(
    lowest,
    known.filter(({ operator }) => operator === '!='),
  );
}

function clauseOf(text: string): Clause | undefined {
  const [, operator = '', written = ''] = CLAUSE.exec(text) ?? [];
  const isPrefix = /\.[*xX]$/.test(written);
  const version = normalisePep440(written.replace(/(?:\.[*xX])+$/, ''));
  if (version === undefined || (isPrefix && !['', '==', '!='].includes(operator))) return undefined;
  return { operator, version, isPrefix };
}

function boundOf({ operator, version }: Clause): readonly Bound[] {
  if (operator === '>') return [{ version, isExcluded: true }];
  return operator === '!=' || operator.startsWith('<') ? [] : [{ version }];
}

/** The first version that no `!=` excludes. */
function above(lowest: Bound, excluded: readonly Clause[]): Bound {
  for (const { isPrefix, version } of excluded) {
    const next = nextAfter(version);
    // A prefix also matches the prereleases of its first version.
    const isWithin =
      compareVersions('pypi', `${version}.dev0`, lowest.version) <= 0 &&
      compareVersions('pypi', lowest.version, `${next}.dev0`) < 0;
    if (isPrefix && isWithin) return above({ version: next }, excluded);
    const isSame = compareVersions('pypi', version, lowest.version) === 0;
    if (!isPrefix && isSame && lowest.isExcluded !== true)
      return above({ ...lowest, isExcluded: true }, excluded);
  }
  return lowest;
}

/** The first release that does not begin with these numbers: after `0.2`, `0.3`. */
function nextAfter(version: string): string {
  return version.replace(/^((?:\d+!)?(?:\d+\.)*)(\d+).*$/, (_, before: string, last: string) => {
    return `${before}${BigInt(last) + 1n}`;
  });
}

function compareBounds(one: Bound, other: Bound): number {
  return (
    compareVersions('pypi', one.version, other.version) ||
    Number(one.isExcluded === true) - Number(other.isExcluded === true)
  );
}
