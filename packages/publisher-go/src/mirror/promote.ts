import {
  type Answer,
  createPace,
  decideByHand,
  type GitRemote,
  inParallel,
  type MoveDecision,
  type MovingPointer,
  movePointer,
  remoteProblem,
} from '@ameide/publisher-kit';
import {
  formatPointer,
  type Pointer,
  type PointerFinding,
  type PointerMove,
  type Problem,
  problem,
  type RequestedMove,
  type Step,
} from '@ameide/versioning-core';
import type { PushAccess } from '../access.ts';
import { unreadable } from '../problems.ts';
import type { MirrorProvenance } from '../provenance/mirror-provenance.ts';
import { notProven } from '../provenance/problems.ts';
import { type BranchQuestion, decideBranch, nameOf } from './decide-branch.ts';
import type { Located, Mirror } from './mirror.ts';
import type { MirrorPlan } from './plan.ts';
import { type MirrorRefs, readRefs, tagsAt } from './refs.ts';
import { refuseTakeOver } from './take-over.ts';
import { locate } from './trace.ts';

/** Reports what the plan's branches name now. */
export async function readPointers(
  plan: MirrorPlan,
  mirror: Mirror,
  step: Step,
): Promise<readonly PointerFinding[]> {
  if (plan.pointers.length === 0) return [];
  const answer = await mirror.refs(step);
  return inParallel(plan.pointers, async (pointer): Promise<PointerFinding> => {
    if ('failure' in answer) return { pointer, problem: unreadable(plan.registry, answer.failure) };
    const { refs } = answer;
    const found = await readBranch(pointer, { plan, refs, mirror, step });
    if (found.sha !== undefined || found.version === undefined || found.problem !== undefined)
      return found;
    const commit = refs.branches.get(pointer.pointer) ?? '';
    const refused = await refuseTakeOver(pointer, commit, { plan, refs, mirror, step });
    if (refused === undefined) return found;
    const problem = 'failure' in refused ? unreadable(plan.registry, refused.failure) : refused;
    return { ...found, problem };
  });
}

/** Reports which commit a branch names now, also one that another tool made. */
export async function readBranch(
  pointer: Pointer,
  question: BranchQuestion,
): Promise<PointerFinding> {
  const { plan, refs } = question;
  const commit = refs.branches.get(pointer.pointer);
  if (commit === undefined) return { pointer };
  const named = await nameOf(pointer, commit, question);
  if ('failure' in named) return { pointer, problem: unreadable(plan.registry, named.failure) };
  return { pointer, ...named, ...(named.sha === undefined ? {} : { digest: commit }) };
}

export interface PromotePorts {
  readonly access: () => PushAccess;
  /** Where the options ask for a provenance, branches move to the commit that has one, and to no other. */
  readonly provenance: Pick<MirrorProvenance, 'findProven'>;
}

/** Moves the plan's branches, never backwards. If a branch moves meanwhile, decides again. */
export async function promoteMirror(
  plan: MirrorPlan,
  mirror: Mirror,
  { access, provenance }: PromotePorts,
  step: Step,
): Promise<readonly PointerMove[]> {
  if (plan.pointers.length === 0) return [];
  const proven = await provenance.findProven(plan, step);
  if (proven.problems !== undefined) {
    const [problem] = proven.problems;
    return plan.pointers.map((pointer) => ({ pointer, outcome: 'blocked', problem }));
  }
  const { remote, sleep } = access();
  const pace = createPace(step.signal, { sleep });
  return inParallel(plan.pointers, async (pointer): Promise<PointerMove> => {
    const branch = movingBranch({ pointer, plan, mirror, remote, step, proven: proven.value });
    return { pointer, ...(await movePointer(branch, pace)) };
  });
}

/** Moves one branch as a person asked. The host itself compares what it names (a lease). */
export async function moveMirrorBranch(
  plan: MirrorPlan,
  requested: RequestedMove,
  { mirror, access, step }: Pick<Move, 'mirror' | 'step'> & { readonly access: () => PushAccess },
): Promise<PointerMove> {
  const { pointer } = requested;
  const { remote, sleep } = access();
  const moving = movingBranch({ pointer, plan, mirror, remote, step, isByHand: true });
  const decide = async (commit: string | undefined): Promise<MoveDecision> => {
    if (commit === undefined) return decideByHand(requested, []);
    const answer = await mirror.refs(step);
    if ('failure' in answer)
      return { outcome: 'blocked', problem: unreadable(plan.registry, answer.failure) };
    const named = await nameOf(pointer, commit, { plan, refs: answer.refs, mirror, step });
    if ('failure' in named)
      return { outcome: 'blocked', problem: unreadable(plan.registry, named.failure) };
    if (moving.isSet(commit)) return { outcome: 'already', from: named.version };
    const names = [named.version, ...tagsAt(commit, answer.refs), commit];
    const isPseudo = locate(requested.from, answer.refs)?.commit === commit;
    return decideByHand(requested, isPseudo ? [...names, requested.from] : names);
  };
  return {
    pointer,
    ...(await movePointer({ ...moving, decide }, createPace(step.signal, { sleep }))),
  };
}

interface Move {
  readonly pointer: Pointer;
  readonly plan: MirrorPlan;
  readonly mirror: Mirror;
  readonly remote: GitRemote;
  /** The only commit that the branch may move to; absent if any will do. */
  readonly proven?: string | undefined;
  /** True if a person asked for it. */
  readonly isByHand?: boolean;
  readonly step: Step;
}

/** A branch of the mirror, which names a commit. */
function movingBranch(move: Move): MovingPointer<string> {
  const { isByHand = false, pointer, plan, mirror, proven, step } = move;
  let refs: MirrorRefs = readRefs([]);
  let mayBeKnown = !isByHand;
  const target = (): Located | undefined => locate(pointer.version, refs);
  return {
    compareAndSwap: true,
    async read() {
      // To prove the commit, this step has just read the refs.
      const isEarlier = mayBeKnown && proven === undefined;
      const answer = await (mayBeKnown ? mirror.knownRefs(step) : mirror.refs(step));
      mayBeKnown = false;
      if ('failure' in answer) return { problem: unreadable(plan.registry, answer.failure) };
      ({ refs } = answer);
      const commit = target()?.commit;
      if (commit === undefined) return { problem: notPublished(pointer, plan) };
      // Somebody has moved the tag since it was proven.
      if (proven !== undefined && commit !== proven)
        return { problem: notProven(pointer, commit, plan) };
      return { current: refs.branches.get(pointer.pointer), isEarlier };
    },
    key: (commit) => commit,
    isSet: (commit) => commit === target()?.commit,
    async decide(commit) {
      if (commit === undefined) return { outcome: 'move' };
      if (commit === target()?.commit) return { outcome: 'already', from: pointer.version };
      return decideBranch(pointer, commit, { plan, refs, mirror, step });
    },
    send: async (over) => pushBranch(move, { target: target(), over }),
    unconfirmed: (why, cause) => unconfirmed(pointer, plan, why, cause),
    contended: () => busy(pointer, plan),
  };
}

/** Pushes the branch if it still names `over`. `GitRemote` finds out the result by itself. */
async function pushBranch(
  { pointer, plan, mirror, remote, step }: Move,
  {
    target,
    over = null,
  }: { readonly target: Located | undefined; readonly over: string | null | undefined },
): Promise<Answer<Problem>> {
  if (target === undefined) return final(notPublished(pointer, plan));
  const fetched = await mirror.fetchCommit(target, step);
  if ('failure' in fetched) return final(unreadable(plan.registry, fetched.failure));
  const update = { ref: `refs/heads/${pointer.pointer}`, sha: target.commit, expect: over };
  const { results, failure } = await remote.push(fetched.gitDirectory, [update], {
    signal: step.signal,
  });
  const [result] = results;
  if (result?.outcome === 'ok' || result?.outcome === 'already') return { state: 'accepted' };
  if (failure !== undefined) {
    const what = `move ${pointer.pointer} of ${plan.registry}`;
    const reason = remoteProblem({ code: 'go', what, failure });
    return result?.outcome === 'unknown'
      ? { state: 'doubtful', again: false, reason }
      : final(reason);
  }
  if (result?.reason === 'stale' || result?.reason === 'exists')
    return { state: 'denied', again: true, reason: busy(pointer, plan) };
  return final(refused(pointer, plan, result?.detail ?? result?.reason ?? 'no reason given'));
}

/** The answer if nothing was written and another attempt would not help. */
function final(reason: Problem): Answer<Problem> {
  return { state: 'not-processed', again: false, reason };
}

function notPublished({ pointer, version }: Pointer, { registry }: MirrorPlan): Problem {
  return problem({
    code: 'go-not-published',
    kind: 'incomplete',
    message: `${version} is not on ${registry}, so ${pointer} was not moved to it.`,
  });
}

function busy(named: Pointer, { registry }: MirrorPlan): Problem {
  const { pointer } = named;
  return problem({
    code: 'go-branch-busy',
    kind: 'incomplete',
    message: `Other runs moved ${pointer} of ${registry} during every attempt.`,
    hint: 'Wait until the other runs have ended, then run the same command again.',
    coordinate: formatPointer(named),
  });
}

function refused(named: Pointer, { registry }: MirrorPlan, detail: string): Problem {
  const { pointer } = named;
  return problem({
    code: 'go-branch-refused',
    kind: 'incomplete',
    message: `${registry} refused to move ${pointer} (${detail}).`,
    hint: 'Check the host’s rules for that branch: it must accept forced pushes from this token.',
    reason: detail,
    coordinate: formatPointer(named),
    rerun: 'after-fix',
  });
}

function unconfirmed(
  { pointer }: Pointer,
  { registry }: MirrorPlan,
  why: 'not-shown' | 'not-read',
  cause: Problem | undefined,
): Problem {
  const ending =
    why === 'not-shown'
      ? 'the host still shows what it named before'
      : 'the host cannot be read to see what it names now';
  return problem({
    code: 'go-outcome-unknown',
    kind: 'unknown',
    message: `Branch ${pointer} of ${registry} was pushed, but ${ending}.`,
    hint: 'Run the same command again: it looks at the repository first.',
    cause,
  });
}
