import {
  InvalidInputError,
  inputProblem,
  type Problem,
  problem,
  type Step,
} from '@ameide/versioning-core';
import type { RunContext, StepRun } from './context.ts';
import type { Ending, Phase } from './events.ts';
import { type Fault, machineFault, reasonOf } from './faults.ts';
import { elapsed, inScope } from './in-phase.ts';
import { eventOf } from './publisher-run.ts';

/** One step of one publisher. */
export interface Verb<T> {
  readonly run: StepRun;
  readonly phase: Phase;
  /** What the step does, for people: `read its pointers`. */
  readonly name: string;
  /** What the step may have left on the registry if it throws. */
  readonly effect: 'none' | 'unknown';
  readonly checkout?: string;
  readonly call: (step: Step) => Promise<T>;
  /** The problems in what `call` returned, for the events. Default: none. */
  readonly problemsIn?: (value: T) => readonly unknown[];
}

/** The step's value, or why there is none. */
export interface StepResult<T> {
  readonly value?: T;
  readonly problems: readonly Problem[];
}

/**
 * Runs one step of one publisher. If it throws, because of a wrong call or a bug, its run gets a
 * problem, so that the other publishers' outcomes are still reported.
 */
export async function runStep<T>(verb: Verb<T>, context: RunContext): Promise<StepResult<T>> {
  const { name, phase, problemsIn, run } = verb;
  const { clock, emitter } = context;
  const of = { ...eventOf(run, phase), step: name };
  const start = clock.now();
  void emitter.emit({ type: 'step-started', ...of });
  const scope = { emitter, ...eventOf(run, phase) };
  const result = await inScope(scope, async () => callStep(verb, context));
  const found = result.value === undefined ? [] : (problemsIn?.(result.value) ?? []);
  const hasProblems = result.problems.length + found.length > 0;
  const outcome: Ending = !hasProblems ? 'done' : context.signal.aborted ? 'stopped' : 'problems';
  void emitter.emit({ type: 'step-ended', ...of, outcome, ms: elapsed(clock, start) });
  return result;
}

async function callStep<T>(verb: Verb<T>, context: RunContext): Promise<StepResult<T>> {
  const { run, phase, name, effect, checkout, call } = verb;
  try {
    return { value: await call(await context.step(run, phase, checkout)), problems: [] };
  } catch (cause) {
    if (context.signal.aborted) return { problems: [interrupted(effect)] };
    // After a step that writes, we cannot promise "bad input, nothing sent".
    const isInput = cause instanceof InvalidInputError && effect === 'none';
    const what = `${run.id} failed to ${name}`;
    return { problems: [isInput ? inputProblem(cause) : publisherFailed(what, effect, cause)] };
  }
}

/** The release was stopped during a step or before it. The report shows this once for all steps. */
export function interrupted(effect: Problem['effect']): Problem {
  return problem({
    code: INTERRUPTED,
    kind: 'incomplete',
    message: 'The release was stopped.',
    hint: 'Run the same command again: it continues from what the registries hold.',
    effect,
  });
}

export const INTERRUPTED = 'interrupted';

const PUBLISHER_FAULT: Fault = {
  code: 'publisher-failed',
  hint: 'This is a fault of the publisher, not of your release. Please report it with this message.',
  rerun: 'safe',
};

/** A publisher threw something other than a wrong input or an abort. */
export function publisherFailed(what: string, effect: 'none' | 'unknown', cause: unknown): Problem {
  const reason = reasonOf(cause);
  return problem({
    ...(machineFault(cause) ?? PUBLISHER_FAULT),
    kind: effect === 'unknown' ? 'unknown' : 'incomplete',
    message: `${what}: ${reason}`,
    reason,
    effect,
    cause,
  });
}
