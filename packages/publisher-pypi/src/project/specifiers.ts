import { normalisePep440 } from '@ameide/versioning-core';
import { satisfies, validRange } from '@renovatebot/pep440';

/** One clause of a specifier: `>=0.1`, `==0.1.*`; in Poetry's own syntax also `^0.1` and `~0.1`. */
export interface Clause {
  readonly operator: string;
  /** Without `.*`. */
  readonly version: string;
  /** True for `==0.1.*`. */
  readonly isPrefix: boolean;
}

export type Syntax = 'pep440' | 'poetry';

/**
 * Reads a specifier as a list of alternatives, which Poetry separates by `||`. Returns undefined if
 * it is not one.
 */
export function parseSpecifier(
  text: string,
  syntax: Syntax,
): readonly (readonly Clause[])[] | undefined {
  if (syntax === 'pep440') {
    const clauses = parseClauses(text);
    return clauses === undefined ? undefined : [clauses];
  }
  const alternatives = text.split(/\s*\|\|?\s*/).map(parsePoetry);
  return alternatives.every((clauses) => clauses !== undefined) ? alternatives : undefined;
}

function parseClauses(text: string): readonly Clause[] | undefined {
  if (!validRange(text)) return undefined;
  const parts = text.trim() === '' ? [] : text.split(',');
  return parts.map((part) => {
    const [, operator = '', version = '', star] =
      /^\s*([<>=!~]+)\s*(.*?)(\.\*)?\s*$/.exec(part) ?? [];
    return { operator, version, isPrefix: star !== undefined };
  });
}

/** https://python-poetry.org/docs/dependency-specification/#version-constraints */
function parsePoetry(text: string): readonly Clause[] | undefined {
  const parts = text.split(/\s*,\s*|\s+(?=[<>=!~^])/).filter((part) => part !== '' && part !== '*');
  const clauses = parts.map((part) => {
    const [, caret, operand = ''] = /^([~^])(?!=)\s*(.+)$/.exec(part) ?? [];
    if (caret !== undefined)
      return normalisePep440(operand) === undefined
        ? undefined
        : { operator: caret, version: operand, isPrefix: false };
    return parseClauses(/^[<>=!~]/.test(part) ? part.replace(/^=(?!=)/, '==') : `==${part}`)?.[0];
  });
  return clauses.every((clause) => clause !== undefined) ? clauses : undefined;
}

/** True if the version is in the clause; prereleases count. */
export function isIn(version: string, clause: Clause): boolean {
  return satisfies(version, asPep440(clause), { prereleases: true });
}

/** True if an installer takes a prerelease for this clause without being told to (PEP 440). */
export function admitsPrereleases({ operator, version }: Clause): boolean {
  return isPrerelease(version) && !['!=', '<', '>'].includes(operator);
}

/** The local label (`+git.71b2e`) does not count. */
export function isPrerelease(version: string): boolean {
  return /^[^+]*(?:(?:a|b|rc)\d+|\.dev\d+)/.test(normalisePep440(version) ?? '');
}

export function formatClause({ isPrefix, operator, version }: Clause): string {
  return `${operator}${version}${isPrefix ? '.*' : ''}`;
}

/** Returns what poetry-core makes of `^0.1` and `~0.1`. */
function asPep440(clause: Clause): string {
  const { operator, version } = clause;
  if (operator !== '^' && operator !== '~') return formatClause(clause);
  const numbers = releaseOf(version);
  const last = numbers.length - 1;
  const firstSet = numbers.findIndex((number) => number > 0);
  const at = operator === '~' ? Math.min(1, last) : firstSet === -1 ? last : firstSet;
  const above = numbers
    .slice(0, at + 1)
    .map((number, index) => (index === at ? number + 1 : number));
  return `>=${version},<${above.join('.')}`;
}

/** The numbers before the first letter: `[0, 1, 0]` of `0.1.0rc1`. */
export function releaseOf(version: string): readonly number[] {
  const [, numbers = ''] = /^(?:\d+!)?(\d+(?:\.\d+)*)/.exec(normalisePep440(version) ?? '') ?? [];
  return numbers.split('.').map(Number);
}
