import type { Problem } from '@ameide/versioning-core';
import { InvalidInputError } from '@ameide/versioning-core';
import type { Lane } from './lane.ts';

/** An `InvalidInputError` as the problem it is: nothing was sent, and only a corrected input helps. */
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

/**
 * Runs one verb of one lane. A wrong call or a bug in a publisher becomes a problem of that lane, so that the others' outcomes are
 * still known and reported; an abort passes through. `effect` says what a thrown error may have left on the registry.
 */
export async function guard<T>(
  lane: Lane,
  verb: string,
  effect: 'none' | 'unknown',
  signal: AbortSignal,
  run: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await run();
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    lane.problems.push(cause instanceof InvalidInputError ? inputProblem(cause) : unexpected(lane, verb, effect, cause));
    return undefined;
  }
}

function unexpected(lane: Lane, verb: string, effect: 'none' | 'unknown', cause: unknown): Problem {
  return {
    code: 'publisher-failed',
    kind: effect === 'unknown' ? 'unknown' : 'incomplete',
    message: `${lane.publisher.id} failed to ${verb}: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: 'This is a fault of the publisher rather than of your release; please report it with this message.',
    effect,
    rerun: 'safe',
    cause,
  };
}

/** Runs `work` for every lane at once, at most `limit` at a time. On abort it waits for the others to stop, then rejects. */
export async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>, limit = 16): Promise<void> {
  const queue = [...items];
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      await work(item).catch((error: unknown) => {
        failures.push(error);
        queue.length = 0;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
