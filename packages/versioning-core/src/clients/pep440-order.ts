import { normalisePep440 } from '../versions/pep440.ts';

/** A number, or a place below or above all numbers. */
type Rank = number | bigint;
const LOWEST = Number.NEGATIVE_INFINITY;
const HIGHEST = Number.POSITIVE_INFINITY;

const NORMAL =
  /^(?:(\d+)!)?(\d+(?:\.\d+)*)(?:(a|b|rc)(\d+))?(?:\.post(\d+))?(?:\.dev(\d+))?(?:\+(.+))?$/;

interface Key {
  readonly epoch: bigint;
  /** Without zeros at its end. */
  readonly release: readonly bigint[];
  /** Its letter's place, and its number. */
  readonly pre: readonly [Rank, Rank];
  readonly post: Rank;
  readonly dev: Rank;
  readonly local: readonly (string | bigint)[];
}

/**
 * Compares two Python versions (PEP 440, "Summary of permitted suffixes and relative ordering"; the key is
 * `packaging.version._cmpkey`). Returns a negative number if `a` is the lower, zero if both are equal, such
 * as `1.0` and `1`. An invalid version is lower than every valid one; pip ignores it.
 */
export function comparePep440(a: string, b: string): number {
  const [one, other] = [keyOf(a), keyOf(b)];
  if (one === undefined || other === undefined)
    return Number(one !== undefined) - Number(other !== undefined);
  return (
    compareRank(one.epoch, other.epoch) ||
    compareLists(one.release, other.release) ||
    compareLists(one.pre, other.pre) ||
    compareRank(one.post, other.post) ||
    compareRank(one.dev, other.dev) ||
    compareLocal(one.local, other.local)
  );
}

/** True for `1.0a1`, `1.0rc1` and `1.0.dev1`: pip takes one only if there is nothing else, or with `--pre`. */
export function isPythonPrerelease(version: string): boolean {
  const [, , , letter, , , dev] = NORMAL.exec(normalisePep440(version) ?? '') ?? [];
  return letter !== undefined || dev !== undefined;
}

const LETTERS = ['a', 'b', 'rc'];

function keyOf(version: string): Key | undefined {
  const parts = NORMAL.exec(normalisePep440(version) ?? '');
  if (parts === null) return undefined;
  const [, epoch = '0', release = '', letter, number = '0', post, dev, local] = parts;
  const onlyDev = letter === undefined && post === undefined && dev !== undefined;
  return {
    epoch: BigInt(epoch),
    release: release
      .replace(/(?:\.0+)*$/, '')
      .split('.')
      .map(BigInt),
    // 1.0.dev1 comes before 1.0a1, which comes before 1.0.
    pre:
      letter === undefined
        ? [onlyDev ? LOWEST : HIGHEST, 0]
        : [LETTERS.indexOf(letter), BigInt(number)],
    post: post === undefined ? LOWEST : BigInt(post),
    dev: dev === undefined ? HIGHEST : BigInt(dev),
    local: local?.split('.').map((part) => (/^\d+$/.test(part) ? BigInt(part) : part)) ?? [],
  };
}

function compareRank(a: Rank, b: Rank): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function compareLists(a: readonly Rank[], b: readonly Rank[]): number {
  const length = Math.max(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const order = compareRank(a[at] ?? -1, b[at] ?? -1);
    if (order !== 0) return order;
  }
  return 0;
}

/** A number is higher than letters, and a longer one higher than its beginning. */
function compareLocal(a: Key['local'], b: Key['local']): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [one, other] = [a[at], b[at]];
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
    if (one === other) continue;
    if (typeof one !== typeof other) return typeof one === 'bigint' ? 1 : -1;
    return one < other ? -1 : 1;
  }
  return 0;
}
