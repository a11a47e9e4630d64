import { HttpError, type HttpResponse, httpProblem } from '@ameide/publisher-kit';
import {
  judgePointer,
  type Pointer,
  type PointerFinding,
  type PointerMove,
  type PointerVerdict,
  type Problem,
  type Step,
} from '@ameide/versioning-core';
import { HOLDING_TAG, type Target } from '../options.ts';
import type { NpmPlan } from '../plan.ts';
import { createClient, isPage } from '../registry/client.ts';
import { malformed } from '../registry/malformed.ts';
import { ancestryUnknown, readNamed, readPublishedTags, readTags } from './read-tags.ts';

/**
 * Reading, judging and writing again as often as this, because the registry has no
 * compare-and-swap: another run may move the tag between our reading and our writing, and a write
 * may be answered doubtfully.
 */
const ATTEMPTS = 4;

/** What the plan's dist-tags name now. */
export async function readPointers(
  target: Target,
  plan: NpmPlan,
  step: Step,
): Promise<readonly PointerFinding[]> {
  if (plan.pointers.length === 0) return [];
  const answer = await readTags(target, plan.name, step.signal);
  return Promise.all(
    plan.pointers.map(async (pointer): Promise<PointerFinding> => {
      if ('problem' in answer) return { pointer, problem: answer.problem };
      const version = answer.tags.get(pointer.pointer);
      return version === undefined
        ? { pointer }
        : { pointer, ...(await readNamed(target, plan.name, version, step.signal)) };
    }),
  );
}

/**
 * Moves the plan's dist-tag forwards, and takes the holding tag off our version. Writes nothing
 * when both are so already.
 */
export async function promotePointers(
  target: Target,
  plan: NpmPlan,
  step: Step,
): Promise<readonly PointerMove[]> {
  const moves: PointerMove[] = [];
  for (const pointer of plan.pointers) moves.push(await movePointer(target, plan, pointer, step));
  const left = await removeHoldingTag(target, plan, step);
  return left === undefined ? moves : [...moves, left];
}

async function movePointer(
  target: Target,
  plan: NpmPlan,
  pointer: Pointer,
  step: Step,
): Promise<PointerMove> {
  const client = createClient(target, step.signal);
  let before: string | undefined;
  let written: WriteAnswer | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const answer = await readPublishedTags(target, plan, step.signal);
    if ('problem' in answer)
      return held(
        pointer,
        before,
        written === undefined ? answer.problem : unconfirmed(plan, pointer, answer.problem),
      );
    const version = answer.tags.get(pointer.pointer);
    // A cache may still show what the tag named before a write that was accepted.
    if (written?.accepted === true && version === before) return moved(pointer, before);
    const { verdict, problem } = await judge(target, plan, pointer, version, step);
    if (verdict === 'held') return held(pointer, version, problem);
    if (verdict === 'superseded') return { pointer, outcome: 'superseded', ...from(version) };
    if (verdict === 'already')
      return written === undefined
        ? { pointer, outcome: 'already', ...from(version) }
        : moved(pointer, before);
    if (written?.final === true) break;
    before = version;
    written = await write(
      step,
      () => client.setTag(plan.name, pointer.pointer, plan.version),
      `move the dist-tag ${pointer.pointer} of npm:${plan.name}`,
    );
  }
  return held(pointer, before, written?.problem ?? contended(plan, pointer));
}

async function judge(
  target: Target,
  plan: NpmPlan,
  pointer: Pointer,
  version: string | undefined,
  step: Step,
): Promise<{ readonly verdict: PointerVerdict; readonly problem?: Problem }> {
  const ours = { version: plan.version, sha: plan.sha };
  if (version === undefined || version === plan.version || plan.rule !== 'ancestry') {
    return {
      verdict: judgePointer(
        plan.rule,
        version === undefined ? undefined : { version },
        ours,
        'unknown',
      ),
    };
  }
  const { problem, ...current } = await readNamed(target, plan.name, version, step.signal);
  if (problem !== undefined) return { verdict: 'held', problem };
  const relation =
    current.sha === undefined ? 'unknown' : await step.history.relation(current.sha, plan.sha);
  const verdict = judgePointer(plan.rule, current, ours, relation);
  return verdict === 'held'
    ? { verdict, problem: ancestryUnknown(plan, pointer.pointer, current) }
    : { verdict };
}

interface WriteAnswer {
  readonly accepted: boolean;
  /** Asking again would get the same answer. */
  readonly final: boolean;
  readonly problem?: Problem;
}

async function write(
  step: Step,
  send: () => Promise<HttpResponse>,
  what: string,
): Promise<WriteAnswer> {
  try {
    const response = await send();
    const isGood = response.status >= 200 && response.status < 300;
    if (isGood && isPage(response))
      return {
        accepted: false,
        final: false,
        problem: malformed(what, 'a web page came back instead of an answer'),
      };
    if (isGood) return { accepted: true, final: false };
    const passing = response.status >= 500 || [408, 409, 425, 429].includes(response.status);
    return {
      accepted: false,
      final: !passing,
      problem: httpProblem({ code: 'npm', what, response, effect: 'none' }),
    };
  } catch (error) {
    step.signal.throwIfAborted();
    const final =
      error instanceof HttpError && (error.kind === 'insecure' || error.kind === 'redirect');
    return {
      accepted: false,
      final,
      problem: httpProblem({ code: 'npm', what, error, effect: 'none' }),
    };
  }
}

/** Undefined when the holding tag is gone or names another version: then it is another run's. */
async function removeHoldingTag(
  target: Target,
  plan: NpmPlan,
  step: Step,
): Promise<PointerMove | undefined> {
  const pointer: Pointer = {
    ecosystem: 'npm',
    name: plan.name,
    pointer: HOLDING_TAG,
    version: plan.version,
  };
  const client = createClient(target, step.signal);
  let last: WriteAnswer | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const answer = await readPublishedTags(target, plan, step.signal);
    if ('problem' in answer) return held(pointer, plan.version, answer.problem);
    if (answer.tags.get(HOLDING_TAG) !== plan.version || last?.accepted === true) return undefined;
    if (last?.final === true) break;
    last = await write(
      step,
      () => client.removeTag(plan.name, HOLDING_TAG),
      `remove the dist-tag ${HOLDING_TAG} of npm:${plan.name}`,
    );
  }
  return held(pointer, plan.version, last?.problem);
}

function from(version: string | undefined): { readonly from?: string } {
  return version === undefined ? {} : { from: version };
}

function moved(pointer: Pointer, before: string | undefined): PointerMove {
  return { pointer, outcome: 'moved', ...from(before) };
}

function held(
  pointer: Pointer,
  version: string | undefined,
  problem: Problem | undefined,
): PointerMove {
  return {
    pointer,
    outcome: 'held',
    ...from(version),
    ...(problem === undefined ? {} : { problem }),
  };
}

function unconfirmed(plan: NpmPlan, pointer: Pointer, cause: Problem): Problem {
  return {
    code: 'npm-tag-unknown',
    message: `The dist-tag ${pointer.pointer} of npm:${plan.name} was sent, but the registry cannot be read to see what it names now.`,
    hint: 'Run the same command again once the registry answers.',
    kind: 'unknown',
    effect: 'unknown',
    rerun: 'safe',
    cause,
  };
}

function contended(plan: NpmPlan, pointer: Pointer): Problem {
  return {
    code: 'npm-tag-contended',
    message: `The dist-tag ${pointer.pointer} of npm:${plan.name} was moved back by another run each time it was set.`,
    hint: 'Wait until the other runs have ended, then run the same command again.',
    kind: 'incomplete',
    effect: 'none',
    rerun: 'safe',
  };
}
