import type { DateTime } from '../../canonical/datetime.ts';
import type { CommitSha } from '../../canonical/sha.ts';
import { formatGoSemver, parseGoSemver } from './semver.ts';

// golang.org/x/mod/module/pseudo.go, pseudoVersionRE. Go, too, first checks the semver form and
// counts the hyphens.
const PSEUDO =
  /^v[0-9]+\.(?:0\.0-|[0-9]+\.[0-9]+-(?:[^+]*\.)?0\.)[0-9]{14}-[A-Za-z0-9]+(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/** `module.IsPseudoVersion`. */
export function isPseudoVersion(version: string): boolean {
  return (
    version.split('-').length > 2 && parseGoSemver(version) !== undefined && PSEUDO.test(version)
  );
}

/**
 * `module.PseudoVersion(major, older, t, rev)`. `older` is the canonical version of the highest
 * usable tag before the commit; `major` (`v0`, `v2`, …) matters only without it.
 */
export function pseudoVersion(
  major: string,
  older: string | undefined,
  datetime: DateTime,
  sha: CommitSha,
): string {
  const segment = `${datetime}-${sha.slice(0, 12)}`;
  const base = older === undefined ? undefined : parseGoSemver(older);
  if (base === undefined) return `${major}.0.0-${segment}`;
  if (base.prerelease !== '') return `${formatGoSemver(base)}.0.${segment}`;
  return `v${base.major}.${base.minor}.${increment(base.patch)}-0.${segment}`;
}

/** The parts of a pseudo-version. */
export interface PseudoVersion {
  /** `X.Y.Z` as written: if the older version was a release, its patch plus one. */
  readonly core: string;
  /** The canonical version before it (`module.PseudoVersionBase`); undefined if there was none. */
  readonly older: string | undefined;
  readonly datetime: string;
  /** 12 hex digits. */
  readonly rev: string;
}

// pseudo.go has three forms: without an older version (X.0.0), after a release, after a prerelease.
const FORMS = /^v(\d+\.\d+\.\d+)-(?:(0|.+\.0)\.)?(\d{14})-([0-9a-f]{12})$/;

/** Returns undefined for anything that `go` itself would not have made. */
export function parsePseudoVersion(version: string): PseudoVersion | undefined {
  const [, core, before, datetime, rev] = isPseudoVersion(version)
    ? (FORMS.exec(version) ?? [])
    : [];
  if (core === undefined || datetime === undefined || rev === undefined) return undefined;
  if (before === undefined) return { core, older: undefined, datetime, rev };
  if (before !== '0') return { core, older: `v${core}-${before.slice(0, -2)}`, datetime, rev };
  const cut = core.lastIndexOf('.') + 1;
  const patch = BigInt(core.slice(cut));
  // "version before … would have negative patch number"
  return patch === 0n
    ? undefined
    : { core, older: `v${core.slice(0, cut)}${patch - 1n}`, datetime, rev };
}

function increment(number: string): string {
  return (BigInt(number) + 1n).toString();
}
