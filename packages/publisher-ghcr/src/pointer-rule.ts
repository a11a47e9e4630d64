import type { Pointer, Relation } from '@ameide/versioning-core';
import { judgePointer, parseNpmVersion } from '@ameide/versioning-core';

/** What a moving tag names now. */
export interface Current {
  readonly digest: string;
  readonly revision?: string;
  readonly version?: string;
}

/** What it shall name. */
export interface Wanted {
  readonly digest: string;
  readonly sha: string;
  readonly version: string;
}

/** `held` says why. */
export type Verdict = 'move' | 'already' | 'superseded' | { readonly held: string };

/** `dev` follows history. `relation` is how the current commit stands to ours. */
export function judgeDev(current: Current, wanted: Wanted, relation: Relation): Verdict {
  if (current.digest === wanted.digest) return 'already';
  // Without the version: two commits of one second share it, and are two images.
  const verdict = judgePointer('ancestry', current.revision === undefined ? {} : { sha: current.revision }, wanted, relation);
  if (verdict !== 'held') return verdict;
  if (current.revision === undefined) return { held: 'the image it names does not say which commit it was built from' };
  return { held: `it names commit ${current.revision}, which is not in this clone` };
}

/**
 * `latest` names the highest stable version, `X.Y` the highest of its line. What is of another line should never have stood there, and
 * gives way.
 */
export function judgeVersion(pointer: Pointer['pointer'], current: Current, wanted: Wanted): Verdict {
  if (current.digest === wanted.digest) return 'already';
  const { version } = current;
  if (version === undefined) return { held: 'the image it names does not say which version it is' };
  const belongs = isVersion(version) && (pointer === 'latest' || version.startsWith(`${pointer}.`));
  const verdict = judgePointer('stable', belongs ? { version } : undefined, wanted, 'unknown');
  if (verdict === 'held') return { held: `it names an image of version ${version}` };
  if (verdict !== 'already' || current.revision === wanted.sha) return verdict === 'already' ? 'move' : verdict;
  return { held: `it names another image of version ${version}` };
}

// A label may hold anything; what is no SemVer at all was not put there by a release.
function isVersion(version: string): boolean {
  return parseNpmVersion(version) !== undefined;
}
