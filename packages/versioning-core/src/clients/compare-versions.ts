import compare from 'semver/functions/compare.js';
import parse from 'semver/functions/parse.js';
import type { Ecosystem } from '../publisher/coordinate.ts';
import { compareGoVersions } from '../versions/go/semver.ts';
import { comparePep440, isPythonPrerelease } from './pep440-order.ts';

/**
 * Compares two versions of one artifact by the rules of its ecosystem. Returns a negative number if `a`
 * is the lower. Anything else (a commit, a tag of another form) is lower than every version.
 */
export function compareVersions(ecosystem: Ecosystem, a: string, b: string): number {
  if (ecosystem === 'pypi') return comparePep440(a, b);
  if (ecosystem === 'go') return compareGoVersions(a, b);
  const [one, other] = [semverIn(a), semverIn(b)];
  if (one === undefined || other === undefined)
    return Number(one !== undefined) - Number(other !== undefined);
  return compare(one, other);
}

/** True for a version that clients take only if there is nothing else, or if they are asked for it. */
export function isPrerelease(ecosystem: Ecosystem, version: string): boolean {
  return ecosystem === 'pypi'
    ? isPythonPrerelease(version)
    : (parse(semverIn(version))?.prerelease.length ?? 1) > 0;
}

/** The version in `0.1.0`, `v0.1.0` and a tag of the source repository such as `sdk/v0.1.0`. */
function semverIn(text: string): string | undefined {
  const bare = text.replace(/^(?:.*[^\d.])?(?=\d+\.\d+\.\d+)/, '');
  return parse(bare)?.version;
}
