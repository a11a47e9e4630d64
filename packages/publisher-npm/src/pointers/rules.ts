import type { Relation } from '@ameide/versioning-core';
import semver from 'semver';
import type { PointerRule } from '../plan.ts';

/** What a dist-tag names, or shall name. */
export interface Named {
  readonly version: string;
  /** The source commit behind it, where the registry tells. */
  readonly sha?: string;
}

export type Verdict = 'move' | 'already' | 'superseded' | 'held';

/** Whether a dist-tag may move from `current` to `ours`. `relation` is how the current commit stands to ours; only `ancestry` asks it. */
export function judgePointer(rule: PointerRule, current: Named | undefined, ours: Named, relation: Relation): Verdict {
  if (current === undefined) return 'move';
  if (current.version === ours.version) return 'already';
  if (rule === 'ancestry') return judgeAncestry(current, ours, relation);
  if (rule === 'stable' && semver.prerelease(current.version) !== null) return 'move';
  return forwards(current, ours);
}

function judgeAncestry(current: Named, ours: Named, relation: Relation): Verdict {
  // One commit under two versions: its base was released in between, and it now leads to the next patch.
  if (relation === 'same') return forwards(current, ours);
  return OF_RELATION[relation];
}

const OF_RELATION: Readonly<Record<Exclude<Relation, 'same'>, Verdict>> = {
  ancestor: 'move',
  diverged: 'move',
  descendant: 'superseded',
  unknown: 'held',
};

function forwards(current: Named, ours: Named): Verdict {
  return semver.gt(current.version, ours.version) ? 'superseded' : 'move';
}
