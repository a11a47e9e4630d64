/** A PEP 440 version in normal form, with the parts that the index needs to accept and order it. */
export interface PythonVersion {
  /** The normal form, local label included. */
  readonly normal: string;
  /** The normalised text after `+`; `undefined` if there is none. */
  readonly local: string | undefined;
  readonly prerelease: boolean;
  /** A key for `compareVersions`. */
  readonly key: readonly Part[];
}

type Part = bigint | string | readonly Part[];

// PEP 440, appendix B, with its alternative spellings.
const PATTERN =
  /^v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)(?:[._-]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[._-]?(?<preN>\d+)?)?(?:-(?<postN1>\d+)|[._-]?(?<post>post|rev|r)[._-]?(?<postN2>\d+)?)?(?:[._-]?(?<dev>dev)[._-]?(?<devN>\d+)?)?(?:\+(?<local>[a-z0-9]+(?:[._-][a-z0-9]+)*))?$/;

const PRE_SPELLINGS: Readonly<Record<string, string>> = {
  alpha: 'a',
  a: 'a',
  beta: 'b',
  b: 'b',
  preview: 'rc',
  pre: 'rc',
  c: 'rc',
  rc: 'rc',
};

/** Parses a version; `undefined` if PEP 440 does not allow it. */
export function parseVersion(text: string): PythonVersion | undefined {
  const groups = PATTERN.exec(text.trim().toLowerCase())?.groups;
  if (groups === undefined) return undefined;
  const epoch = BigInt(groups['epoch'] ?? 0);
  const release = (groups['release'] ?? '0').split('.').map(BigInt);
  const preLetter = groups['pre'] === undefined ? undefined : PRE_SPELLINGS[groups['pre']];
  const pre =
    preLetter === undefined ? undefined : ([preLetter, BigInt(groups['preN'] ?? 0)] as const);
  const hasPost = groups['post'] !== undefined || groups['postN1'] !== undefined;
  const post = hasPost ? BigInt(groups['postN1'] ?? groups['postN2'] ?? 0) : undefined;
  const dev = groups['dev'] === undefined ? undefined : BigInt(groups['devN'] ?? 0);
  const local = groups['local']
    ?.split(/[._-]/)
    .map((segment) => (/^\d+$/.test(segment) ? BigInt(segment) : segment));
  const normal = [
    epoch === 0n ? '' : `${epoch}!`,
    release.join('.'),
    pre === undefined ? '' : pre.join(''),
    post === undefined ? '' : `.post${post}`,
    dev === undefined ? '' : `.dev${dev}`,
    local === undefined ? '' : `+${local.join('.')}`,
  ].join('');
  return {
    normal,
    local: local?.join('.'),
    prerelease: pre !== undefined || dev !== undefined,
    key: [
      epoch,
      withoutTrailingZeros(release),
      preKey(pre, post, dev),
      post ?? -1n,
      dev ?? '',
      (local ?? []).map(localKey),
    ],
  };
}

/**
 * Returns a negative number, zero or a positive one if `left` sorts before, with or after `right`
 * (PEP 440 § Summary of permitted suffixes and relative ordering).
 */
export function compareVersions(left: PythonVersion, right: PythonVersion): number {
  return compareParts(left.key, right.key);
}

/**
 * Returns the one of `versions` that equals `version` by PEP 440 (`1.0` is `1`), in its own
 * spelling.
 */
export function findEqualVersion(
  versions: readonly string[],
  version: PythonVersion,
): string | undefined {
  return versions.find((text) => {
    const other = parseVersion(text);
    return other !== undefined && compareVersions(other, version) === 0;
  });
}

// Dev-only releases sort before every pre-release, finals after them. Text sorts after numbers, so
// '' means "later than any".
function preKey(
  pre: readonly [string, bigint] | undefined,
  post: bigint | undefined,
  dev: bigint | undefined,
): Part {
  if (pre !== undefined) return [1n, ...pre];
  return post === undefined && dev !== undefined ? [0n] : [2n];
}

// In a local label, numbers sort after text.
function localKey(segment: bigint | string): Part {
  return typeof segment === 'bigint' ? [1n, segment] : [0n, segment];
}

function withoutTrailingZeros(release: readonly bigint[]): bigint[] {
  return release.slice(0, release.findLastIndex((part) => part !== 0n) + 1);
}

function compareParts(left: Part, right: Part): number {
  if (Array.isArray(left) && Array.isArray(right)) {
    for (const [index, part] of (left as readonly Part[]).entries()) {
      const other = (right as readonly Part[])[index];
      if (other === undefined) return 1;
      const order = compareParts(part, other);
      if (order !== 0) return order;
    }
    return left.length - right.length;
  }
  if (typeof left === 'bigint' && typeof right === 'bigint')
    return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'string' && typeof right === 'string')
    return left < right ? -1 : left > right ? 1 : 0;
  return typeof left === 'bigint' ? -1 : 1;
}
