import { InvalidInputError, type Problem, type Step } from '@ameide/versioning-core';
import { type Fault, machineFault, reasonOf } from './fault.ts';
import type { Lane, Phase, RunContext } from './lane.ts';

/**
 * An `InvalidInputError` as the problem it is: nothing was sent, and only a corrected input helps.
 */
export function inputProblem(error: InvalidInputError): Problem {
  return {
    code: error.code,
    kind: 'input',
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    effect: 'none',
    rerun: 'after-fix',
  };
}

/** One verb of one lane. */
export interface Verb<T> {
  readonly lane: Lane;
  readonly phase: Phase;
  /** What it does, for people: `read its pointers`. */
  readonly name: string;
  /** What a thrown error may have left on the registry. */
  readonly effect: 'none' | 'unknown';
  readonly run: (step: Step) => Promise<T>;
}

/**
 * Runs one verb of one lane. A wrong call or a bug in a publisher becomes a problem of that lane,
 * so that the others' outcomes are still known and reported; undefined is returned then. An abort
 * passes through.
 */
export async function guard<T>(
  { lane, phase, name, effect, run }: Verb<T>,
  context: RunContext,
): Promise<T | undefined> {
  try {
    return await run(await context.step(lane, phase));
  } catch (cause) {
    if (context.signal.aborted) throw context.signal.reason;
    // "Bad input, nothing sent" cannot be said of a verb that writes.
    lane.problems.push(
      cause instanceof InvalidInputError && effect === 'none'
        ? inputProblem(cause)
        : publisherFailed(`${lane.publisher.id} failed to ${name}`, effect, cause),
    );
    return undefined;
  }
}

const PUBLISHER_FAULT: Fault = {
  code: 'publisher-failed',
  hint: 'This is a fault of the publisher rather than of your release; please report it with this message.',
  rerun: 'safe',
};

/** A publisher threw what is neither a wrong input nor an abort. */
export function publisherFailed(what: string, effect: 'none' | 'unknown', cause: unknown): Problem {
  return {
    ...(machineFault(cause) ?? PUBLISHER_FAULT),
    kind: effect === 'unknown' ? 'unknown' : 'incomplete',
    message: `${what}: ${reasonOf(cause)}`,
    effect,
    cause,
  };
}

/**
 * `Promise.all` that waits for all of them also when one rejects: nothing of a run goes on after
 * the run.
 */
export async function together<T extends readonly unknown[]>(
  promises: { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  await Promise.allSettled(promises);
  return (await Promise.all(promises)) as T;
}
