import {
  InvalidInputError,
  inputProblem,
  type Problem,
  problem,
  type Step,
} from '@ameide/versioning-core';
import type { RunContext } from './context.ts';
import { type Fault, machineFault, reasonOf } from './faults.ts';
import type { Phase, PublisherRun } from './publisher-run.ts';

/** One verb of one publisher. */
export interface Verb<T> {
  readonly run: Pick<PublisherRun, 'publisher'>;
  readonly phase: Phase;
  /** What it does, for people: `read its pointers`. */
  readonly name: string;
  /** What a thrown error may have left on the registry. */
  readonly effect: 'none' | 'unknown';
  readonly checkout?: string;
  readonly call: (step: Step) => Promise<T>;
}

/** What a verb gave: its value, or why there is none. */
export interface StepResult<T> {
  readonly value?: T;
  readonly problems: readonly Problem[];
}

/**
 * Runs one verb of one publisher. A wrong call, or a bug in the publisher, becomes a problem of its
 * run, so that the others' outcomes are still known and reported.
 */
export async function runStep<T>(verb: Verb<T>, context: RunContext): Promise<StepResult<T>> {
  const { run, phase, name, effect, checkout, call } = verb;
  try {
    return { value: await call(await context.step(run, phase, checkout)), problems: [] };
  } catch (cause) {
    if (context.signal.aborted) return { problems: [interrupted(effect)] };
    // "Bad input, nothing sent" cannot be said of a verb that writes.
    const isInput = cause instanceof InvalidInputError && effect === 'none';
    const what = `${run.publisher.id} failed to ${name}`;
    return { problems: [isInput ? inputProblem(cause) : publisherFailed(what, effect, cause)] };
  }
}

/** The release was stopped while a verb ran, or before it. The report shows it once for all of them. */
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

/** A publisher threw what is neither a wrong input nor an abort. */
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
