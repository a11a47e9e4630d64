import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';

/**
 * Returns how many values differ between two versions of a data file. Undefined for other files. Infinite if they
 * have other keys, or one of them cannot be parsed.
 */
export function differingLeaves(path: string, before: string, after: string): number | undefined {
  const parse = parserOf(path);
  if (parse === undefined) return undefined;
  try {
    return differing(parse(before), parse(after));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function parserOf(path: string): ((text: string) => unknown) | undefined {
  if (path.endsWith('.json')) return JSON.parse;
  if (/\.ya?ml$/.test(path)) return (text) => parseYaml(text, { merge: true }) as unknown;
  return /(?:\.toml|(?:^|\/)Pipfile)$/.test(path) ? parseToml : undefined;
}

function differing(one: unknown, other: unknown): number {
  if (!isTree(one) || !isTree(other))
    return Object.is(one, other) || one === other ? 0 : sameKind(one, other);
  const [keys, others] = [Object.keys(one), Object.keys(other)];
  if (keys.length !== others.length || keys.some((key, index) => key !== others[index]))
    return Number.POSITIVE_INFINITY;
  return keys.reduce((sum, key) => sum + differing(one[key], other[key]), 0);
}

/** One value instead of another. Dates are compared as text. */
function sameKind(one: unknown, other: unknown): number {
  if (isTree(one) || isTree(other)) return Number.POSITIVE_INFINITY;
  return String(one) === String(other) ? 0 : 1;
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}
