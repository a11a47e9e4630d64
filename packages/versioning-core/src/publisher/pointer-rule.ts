import gt from 'semver/functions/gt.js';
import parse from 'semver/functions/parse.js';
import type { Relation } from './source.ts';

/**
 * How a moving name may move; never backwards.
 * - `stable`: forwards by SemVer among stable versions (`latest`, `X.Y`); a prerelease under it
 *   never belonged there and gives way.
 * - `forwards`: forwards by SemVer (`next`).
 * - `ancestry`: to any commit that is not an ancestor of the one it names (`dev`).
 */
export type PointerRule = 'stable' | 'forwards' | 'ancestry';

/** What a pointer names, or should name. */
export interface Named {
  /** SemVer without `v`; absent where the registry does not report it. */
  readonly version?: string;
  /** The source commit of that version, where the registry reports it. */
  readonly sha?: string;
}

/** `blocked`: we do not know enough to move the pointer safely, so it stays. */
export type PointerDecision = 'move' | 'already' | 'superseded' | 'blocked';

/**
 * Decides whether a pointer may move from `current` to `ours`. `relation` says how the current
 * commit relates to ours (`History.relation`); only the rule `ancestry` uses it. `already` means
 * the same version; where a registry reports digests, compare those first.
 */
export function decidePointer(
  rule: PointerRule,
  current: Named | undefined,
  ours: Required<Named>,
  relation: Relation,
): PointerDecision {
  if (current === undefined) return 'move';
  if (current.version === ours.version) return 'already';
  if (rule === 'ancestry') return decideByAncestry(current, ours, relation);
  const there = parse(current.version);
  if (there === null) return 'blocked';
  if (rule === 'stable' && there.prerelease.length > 0) return 'move';
  return forwards(there.version, ours.version);
}

function decideByAncestry(
  current: Named,
  ours: Required<Named>,
  relation: Relation,
): PointerDecision {
  // One commit can have two versions: its base was released in between, so its dev build now leads
  // to the next patch.
  if (relation === 'same')
    return current.version === undefined ? 'move' : forwards(current.version, ours.version);
  return OF_RELATION[relation];
}

const OF_RELATION: Readonly<Record<Exclude<Relation, 'same'>, PointerDecision>> = {
  ancestor: 'move',
  diverged: 'move',
  descendant: 'superseded',
  unknown: 'blocked',
};

function forwards(current: string, ours: string): PointerDecision {
  return gt(current, ours) ? 'superseded' : 'move';
}
