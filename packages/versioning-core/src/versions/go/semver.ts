/**
 * A semantic version in full form (`vMAJOR.MINOR.PATCH`), as golang.org/x/mod/semver reads it.
 * Numbers stay strings because Go does not limit them.
 */
export interface GoSemver {
  readonly major: string;
  readonly minor: string;
  readonly patch: string;
  /** Without its hyphen; `''` when there is none. */
  readonly prerelease: string;
  /** Without its plus; `''` when there is none. */
  readonly build: string;
}

const NUMBER = '(?:0|[1-9][0-9]*)';
const PRERELEASE = '(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)';
const FULL = new RegExp(
  `^v(${NUMBER})\\.(${NUMBER})\\.(${NUMBER})(?:-(${PRERELEASE}(?:\\.${PRERELEASE})*))?(?:\\+([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?$`,
);

/**
 * Returns undefined for anything else, also for the short forms `v1` and `v1.2`: `go` never accepts
 * them as tags.
 */
export function parseGoSemver(version: string): GoSemver | undefined {
  const [, major, minor, patch, prerelease = '', build = ''] = FULL.exec(version) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  return { major, minor, patch, prerelease, build };
}

/**
 * `semver.parse` itself: also accepts the short forms `v1` and `v1.2` for `v1.0.0` and `v1.2.0`.
 */
export function parseShortGoSemver(version: string): GoSemver | undefined {
  const short = /^v[0-9]+(\.[0-9]+)?$/.exec(version);
  return parseGoSemver(
    short === null ? version : `${version}${short[1] === undefined ? '.0.0' : '.0'}`,
  );
}

/** `semver.Canonical`: writes the version without build metadata. */
export function formatGoSemver(version: GoSemver): string {
  const core = `v${version.major}.${version.minor}.${version.patch}`;
  return version.prerelease === '' ? core : `${core}-${version.prerelease}`;
}

/** `semver.Compare`: compares by precedence (SemVer 2.0.0 item 11), ignoring build metadata. */
export function compareGoSemver(a: GoSemver, b: GoSemver): number {
  return (
    compareNumber(a.major, b.major) ||
    compareNumber(a.minor, b.minor) ||
    compareNumber(a.patch, b.patch) ||
    comparePrerelease(a.prerelease, b.prerelease)
  );
}

/** Compares two versions as `go` does. One that is not a version is the lower. */
export function compareGoVersions(a: string, b: string): number {
  const [one, other] = [parseGoSemver(a), parseGoSemver(b)];
  if (one === undefined || other === undefined)
    return Number(one !== undefined) - Number(other !== undefined);
  return compareGoSemver(one, other);
}

function compareNumber(a: string, b: string): number {
  return a.length - b.length || compareText(a, b);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function comparePrerelease(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '') return 1;
  if (b === '') return -1;
  const [as, bs] = [a.split('.'), b.split('.')];
  for (const [i, x] of as.entries()) {
    const y = bs[i];
    if (y === undefined) return 1;
    const order = compareIdentifier(x, y);
    if (order !== 0) return order;
  }
  return -1;
}

function compareIdentifier(a: string, b: string): number {
  const [aIsNumber, bIsNumber] = [/^[0-9]+$/.test(a), /^[0-9]+$/.test(b)];
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  return aIsNumber ? compareNumber(a, b) : compareText(a, b);
}
