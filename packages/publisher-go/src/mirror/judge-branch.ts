import { type RemoteFailure, remoteProblem } from '@ameide/publisher-kit';
import {
  judgePointer,
  type Pointer,
  type PointerMove,
  type Problem,
  parseVersionTag,
  type Step,
} from '@ameide/versioning-core';
import type { Failed, Mirror } from './mirror.ts';
import type { MirrorPlan } from './plan.ts';
import { type MirrorRefs, shaOfSourceTag, versionAt } from './refs.ts';

export interface Looking {
  readonly plan: MirrorPlan;
  readonly refs: MirrorRefs;
  readonly mirror: Mirror;
  readonly step: Step;
}

/** `from` is what it names now; `stays` why it does not move. */
export type Judged = { readonly stays: Omit<PointerMove, 'pointer'> } | { readonly from?: string };

export type Held = { readonly outcome: 'held'; readonly problem: Problem; readonly from?: string };

/** Whether a branch may move from `current` to the plan's commit. */
export async function judgeBranch(
  pointer: Pointer,
  current: string,
  looking: Looking,
): Promise<Judged> {
  const { plan, step } = looking;
  const named = await nameOf(pointer, current, looking);
  if ('failure' in named) return { stays: heldBecause(unread(plan, named.failure)) };
  const { version: from, sha } = named;
  if (sha === undefined)
    return { stays: { ...heldBecause(notOurs(pointer, current, plan)), from } };
  const isReleased = plan.versionTag !== null && parseVersionTag(from) !== undefined;
  // A release branch on a commit without its version tag can be judged by ancestry alone, as `dev`
  // is.
  const verdict = isReleased
    ? judgePointer(
        'stable',
        { version: from.slice(1), sha },
        { version: pointer.version.slice(1), sha: plan.sha },
        'unknown',
      )
    : judgePointer(
        'ancestry',
        { sha },
        { version: pointer.version, sha: plan.sha },
        await step.history.relation(sha, plan.sha),
      );
  if (verdict === 'superseded') return { stays: { outcome: 'superseded', from } };
  return verdict === 'held'
    ? { stays: { ...heldBecause(noAncestry(pointer, sha, plan)), from } }
    : { from };
}

/**
 * A branch's commit as a version and, when it is one of ours, a source commit. The tags tell most;
 * else the commit is read.
 */
export async function nameOf(
  pointer: Pointer,
  commit: string,
  { plan, refs, mirror, step }: Looking,
): Promise<{ readonly version: string; readonly sha?: string } | Failed> {
  const tag = versionAt(commit, refs);
  const [sourceTag] = [...refs.sources].find(([, at]) => at === commit) ?? [];
  const tagged = sourceTag === undefined ? undefined : shaOfSourceTag(sourceTag);
  const found =
    tagged === undefined
      ? await mirror.read({ ref: `refs/heads/${pointer.pointer}`, commit }, step)
      : { sha: tagged };
  if ('failure' in found) return found;
  const { sha } = found;
  const version =
    plan.versionTag !== null && tag !== undefined
      ? tag
      : sha === undefined
        ? (tag ?? commit)
        : `source-${sha}`;
  return { version, ...(sha === undefined ? {} : { sha }) };
}

export function heldBecause(problem: Problem): Held {
  return { outcome: 'held', problem };
}

/** The mirror could not be read. */
export function unread(plan: MirrorPlan, failure: RemoteFailure): Problem {
  return remoteProblem({ code: 'go', what: `read ${plan.registry}`, failure });
}

function notOurs({ pointer }: Pointer, current: string, { registry }: MirrorPlan): Problem {
  return {
    code: 'go-branch-not-ours',
    kind: 'incomplete',
    message: `Branch ${pointer} of ${registry} names ${current}, which was not published from this repository.`,
    hint: 'Delete or rename that branch, or choose another with goModule’s branches.',
    effect: 'none',
    rerun: 'after-fix',
  };
}

function noAncestry({ pointer }: Pointer, sha: string, plan: MirrorPlan): Problem {
  return {
    code: 'go-ancestry-unknown',
    kind: 'incomplete',
    message: `This clone cannot tell whether ${sha}, which ${pointer} names, came before ${plan.sha}.`,
    hint: 'Fetch the whole history (fetch-depth: 0) and run it again.',
    effect: 'none',
    rerun: 'after-fix',
  };
}
