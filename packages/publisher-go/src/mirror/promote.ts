import { remoteProblem } from '@ameide/publisher-kit';
import type { Pointer, PointerFinding, PointerMove, Problem, Step } from '@ameide/versioning-core';
import { parseVersionTag } from '@ameide/versioning-core';
import { compare } from 'semver';
import type { Access } from '../access.ts';
import { versionAt } from './inspect.ts';
import type { Failed, Mirror } from './mirror.ts';
import type { MirrorPlan } from './plan.ts';
import type { MirrorRefs } from './refs.ts';

/** What the plan's branches name now. */
export async function readPointers(plan: MirrorPlan, mirror: Mirror, step: Step): Promise<PointerFinding[]> {
  const answer = await mirror.refs(plan.sourceTag, step);
  return Promise.all(
    plan.pointers.map(async (pointer): Promise<PointerFinding> => {
      if ('failure' in answer) return { pointer, problem: unread(plan, answer) };
      const commit = answer.refs.branches.get(pointer.pointer);
      if (commit === undefined) return { pointer };
      const named = await nameOf(pointer, commit, answer.refs, plan, mirror, step);
      return 'failure' in named ? { pointer, problem: unread(plan, named) } : { pointer, ...named };
    }),
  );
}

/** Moves the plan's branches, forwards only. Each move is a compare-and-swap; a branch that moved meanwhile is judged again. */
export async function promoteMirror(plan: MirrorPlan, mirror: Mirror, access: Access, step: Step): Promise<PointerMove[]> {
  return Promise.all(plan.pointers.map((pointer) => moveOne(pointer, plan, mirror, access, step)));
}

const ATTEMPTS = 3;

async function moveOne(pointer: Pointer, plan: MirrorPlan, mirror: Mirror, access: Access, step: Step): Promise<PointerMove> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await mirror.refs(plan.sourceTag, step);
    if ('failure' in answer) return { pointer, outcome: 'held', problem: unread(plan, answer) };
    const { refs } = answer;
    const target = plan.versionTag === null ? refs.source : refs.versions.get(plan.versionTag);
    if (target === undefined)
      return {
        pointer,
        outcome: 'held',
        problem: problem('go-not-published', `${pointer.version} is not on ${plan.registry}, so ${pointer.pointer} was not moved to it.`),
      };
    const current = refs.branches.get(pointer.pointer);
    if (current === target) return { pointer, outcome: 'already', from: pointer.version };
    const judged = current === undefined ? { go: true as const } : await judge(pointer, current, refs, plan, mirror, step);
    if (!('go' in judged)) return judged;
    const from = judged.from === undefined ? {} : { from: judged.from };
    const fetched = await mirror.fetch(`refs/tags/${pointer.version}`, step);
    if ('failure' in fetched) return { pointer, outcome: 'held', ...from, problem: unread(plan, fetched) };
    const update = { ref: `refs/heads/${pointer.pointer}`, sha: target, expect: current ?? null };
    const pushed = await access.remote.push(fetched.gitDirectory, [update], { signal: step.signal });
    const [result] = pushed.results;
    if (result?.outcome === 'ok' || result?.outcome === 'already') return { pointer, outcome: 'moved', ...from };
    if (result?.reason === 'stale' && attempt < ATTEMPTS) continue;
    const why =
      pushed.failure === undefined
        ? problem(
            'go-branch-refused',
            `${plan.registry} refused to move ${pointer.pointer} (${result?.detail ?? result?.reason ?? 'no reason given'}).`,
          )
        : remoteProblem({ code: 'go', what: `move ${pointer.pointer} of ${plan.registry}`, failure: pushed.failure });
    return { pointer, outcome: 'held', ...from, problem: why };
  }
}

type Judged = { readonly go: true; readonly from?: string } | PointerMove;

async function judge(pointer: Pointer, current: string, refs: MirrorRefs, plan: MirrorPlan, mirror: Mirror, step: Step): Promise<Judged> {
  const named = await nameOf(pointer, current, refs, plan, mirror, step);
  if ('failure' in named) return { pointer, outcome: 'held', problem: unread(plan, named) };
  if (named.sha === undefined) {
    const message = `Branch ${pointer.pointer} of ${plan.registry} names ${current}, which was not published from this repository.`;
    return {
      pointer,
      outcome: 'held',
      problem: problem('go-branch-not-ours', message, 'Delete or rename that branch, or choose another with goModule’s branches.'),
    };
  }
  const from = named.version;
  if (plan.versionTag !== null) {
    const released = parseVersionTag(from)?.kind === 'release';
    return released && compare(from.slice(1), plan.versionTag.slice(1)) > 0 ? { pointer, outcome: 'superseded', from } : { go: true, from };
  }
  const relation = await step.history.relation(named.sha, plan.sha);
  if (relation === 'descendant') return { pointer, outcome: 'superseded', from };
  if (relation !== 'unknown') return { go: true, from };
  const message = `This clone cannot tell whether ${named.sha}, which ${pointer.pointer} names, came before ${plan.sha}.`;
  return {
    pointer,
    outcome: 'held',
    from,
    problem: problem('go-ancestry-unknown', message, 'Fetch the whole history (fetch-depth: 0) and run it again.'),
  };
}

/** A branch's commit as a version and a source commit. */
async function nameOf(
  pointer: Pointer,
  commit: string,
  refs: MirrorRefs,
  plan: MirrorPlan,
  mirror: Mirror,
  step: Step,
): Promise<{ readonly version: string; readonly sha?: string } | Failed> {
  const found = await mirror.recognise(`refs/heads/${pointer.pointer}`, commit, plan.content, refs, step);
  if ('failure' in found) return found;
  const tag = versionAt(commit, refs);
  const version = plan.versionTag !== null && tag !== undefined ? tag : found.sha === undefined ? (tag ?? commit) : `source-${found.sha}`;
  return { version, ...(found.sha === undefined ? {} : { sha: found.sha }) };
}

function unread(plan: MirrorPlan, { failure }: Failed): Problem {
  return remoteProblem({ code: 'go', what: `read ${plan.registry}`, failure });
}

function problem(code: string, message: string, hint?: string): Problem {
  return { code, kind: 'incomplete', message, ...(hint === undefined ? {} : { hint }), effect: 'none', rerun: 'after-fix' };
}
