import { inParallel, remoteProblem } from '@ameide/publisher-kit';
import {
  type Pointer,
  type PointerFinding,
  type PointerMove,
  type Problem,
  problem,
  type Step,
} from '@ameide/versioning-core';
import type { Access } from '../access.ts';
import { unreadable } from '../problems.ts';
import {
  type Blocked,
  type BranchDecision,
  blockedBy,
  decideBranch,
  nameOf,
  notOurs,
} from './decide-branch.ts';
import type { Mirror } from './mirror.ts';
import type { MirrorPlan } from './plan.ts';
import { commitAt } from './refs.ts';

/** What the plan's branches name now. */
export async function readPointers(
  plan: MirrorPlan,
  mirror: Mirror,
  step: Step,
): Promise<readonly PointerFinding[]> {
  if (plan.pointers.length === 0) return [];
  const answer = await mirror.refs(step);
  return inParallel(plan.pointers, async (pointer): Promise<PointerFinding> => {
    if ('failure' in answer) return { pointer, problem: unreadable(plan.registry, answer.failure) };
    const commit = answer.refs.branches.get(pointer.pointer);
    if (commit === undefined) return { pointer };
    const named = await nameOf(pointer, commit, { plan, refs: answer.refs, mirror, step });
    if ('failure' in named) return { pointer, problem: unreadable(plan.registry, named.failure) };
    return named.sha === undefined
      ? { pointer, ...named, problem: notOurs(pointer, commit, plan) }
      : { pointer, ...named };
  });
}

/**
 * Moves the plan's branches, never backwards. Each move is a compare-and-swap; a branch that moved
 * meanwhile is decided again.
 */
export async function promoteMirror(
  plan: MirrorPlan,
  mirror: Mirror,
  access: () => Access,
  step: Step,
): Promise<readonly PointerMove[]> {
  return inParallel(plan.pointers, async (pointer): Promise<PointerMove> => {
    let last: Blocked = blockedBy(busy(pointer, plan));
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const move = await moveOnce({ pointer, plan, mirror, access: access(), step });
      if (!('again' in move)) return { pointer, ...move };
      last = move.again;
    }
    return { pointer, ...last };
  });
}

// Each failed attempt means that another run has moved the branch.
const ATTEMPTS = 5;

type Outcome = Omit<PointerMove, 'pointer'>;

async function moveOnce(move: {
  readonly pointer: Pointer;
  readonly plan: MirrorPlan;
  readonly mirror: Mirror;
  readonly access: Access;
  readonly step: Step;
}): Promise<Outcome | { readonly again: Blocked }> {
  const { pointer, plan, mirror, access, step } = move;
  const answer = await mirror.refs(step);
  if ('failure' in answer) return blockedBy(unreadable(plan.registry, answer.failure));
  const { refs } = answer;
  const target = commitAt(pointer.version, refs);
  if (target === undefined) return blockedBy(notPublished(pointer, plan));
  const current = refs.branches.get(pointer.pointer);
  if (current === target) return { outcome: 'already', from: pointer.version };
  const decision: BranchDecision =
    current === undefined ? {} : await decideBranch(pointer, current, { plan, refs, mirror, step });
  if ('stays' in decision) return decision.stays;
  const fetched = await mirror.fetchCommit(
    { ref: `refs/tags/${pointer.version}`, commit: target },
    step,
  );
  if ('failure' in fetched)
    return { ...blockedBy(unreadable(plan.registry, fetched.failure)), ...decision };
  const update = { ref: `refs/heads/${pointer.pointer}`, sha: target, expect: current ?? null };
  const { results, failure } = await access.remote.push(fetched.gitDirectory, [update], {
    signal: step.signal,
  });
  const [result] = results;
  if (result?.outcome === 'ok') return { outcome: 'moved', ...decision };
  if (result?.outcome === 'already') return { outcome: 'already', from: pointer.version };
  if (failure !== undefined) {
    const what = `move ${pointer.pointer} of ${plan.registry}`;
    return { ...blockedBy(remoteProblem({ code: 'go', what, failure })), ...decision };
  }
  if (result?.reason === 'stale' || result?.reason === 'exists')
    return { again: { ...blockedBy(busy(pointer, plan)), ...decision } };
  return {
    ...blockedBy(refused(pointer, plan, result?.detail ?? result?.reason ?? 'no reason given')),
    ...decision,
  };
}

function notPublished({ pointer, version }: Pointer, { registry }: MirrorPlan): Problem {
  return problem({
    code: 'go-not-published',
    kind: 'incomplete',
    message: `${version} is not on ${registry}, so ${pointer} was not moved to it.`,
  });
}

function busy({ pointer }: Pointer, { registry }: MirrorPlan): Problem {
  return problem({
    code: 'go-branch-busy',
    kind: 'incomplete',
    message: `Other runs kept moving ${pointer} of ${registry}.`,
    hint: 'Run it again.',
  });
}

function refused({ pointer }: Pointer, { registry }: MirrorPlan, detail: string): Problem {
  return problem({
    code: 'go-branch-refused',
    kind: 'incomplete',
    message: `${registry} refused to move ${pointer} (${detail}).`,
    hint: 'Check the host’s rules for that branch: it has to take forced pushes from this token.',
    reason: detail,
    rerun: 'after-fix',
  });
}
