import type { BaseVersion, Pointer, Relation } from '@ameide/versioning-core';
import { compareBase, parseBase } from '@ameide/versioning-core';

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

/** `dev` follows history: it moves to a commit that is not an ancestor of the one it names. `relation` is how the current commit stands to ours. */
export function judgeDev(current: Current, wanted: Wanted, relation: Relation): Verdict {
  if (current.digest === wanted.digest) return 'already';
  if (relation === 'descendant') return 'superseded';
  if (relation !== 'unknown') return 'move';
  if (current.revision === undefined) return { held: 'the image it names does not say which commit it was built from' };
  return { held: `it names commit ${current.revision}, which is not in this clone` };
}

/**
 * `latest` names the highest stable version, `X.Y` the highest of its line. What is not stable, or of another line, does not count:
 * it should never have stood there, and gives way.
 */
export function judgeVersion(pointer: Pointer['pointer'], current: Current, wanted: Wanted): Verdict {
  if (current.digest === wanted.digest) return 'already';
  if (current.version === undefined) return { held: 'the image it names does not say which version it is' };
  const theirs = stable(current.version);
  const ours = stable(wanted.version);
  if (ours === undefined) return { held: `${wanted.version} is not a stable version` };
  if (theirs === undefined || (pointer !== 'latest' && !theirs.startsWith(`${pointer}.`))) return 'move';
  const order = compareBase(theirs, ours);
  if (order > 0) return 'superseded';
  if (order < 0 || current.revision === wanted.sha) return 'move';
  return { held: `it names another image of version ${current.version}` };
}

function stable(version: string): BaseVersion | undefined {
  try {
    return parseBase(version);
  } catch {
    return undefined;
  }
}
