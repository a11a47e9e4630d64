import type { FindingState } from '@ameide/versioning-core';
import type { Answer } from './answer.ts';
import type { Pace } from './pace.ts';

/**
 * The result of reading the registry, compared with one write: `absent` if nothing is there,
 * `identical` if the write succeeded, `same-source` or `conflict` if something else is there,
 * `unknown` if reading failed.
 */
export interface Seen {
  readonly state: FindingState;
}

/**
 * One write: how to send it, and how to check whether it succeeded. Sending it twice is harmless.
 */
export interface Write<S extends Seen, R> {
  /** Sends it once, without retries. */
  send(): Promise<Answer<R>>;
  read(): Promise<S>;
}

/**
 * How a write ended.
 * - `accepted`: the server accepted it. `afterDoubt`: an earlier attempt may have done the work.
 * - `found`: the server did not accept it, and a read showed what is there: the write itself
 *   (`identical`), or what somebody else put there.
 * - `not-written`: nothing was written.
 * - `unknown`: something may have been written. `unread` is the read that failed; without it a
 *   read succeeded and did not show the write.
 *
 * `reason` is the last attempt's answer.
 */
export type Written<S extends Seen, R> =
  | { readonly state: 'accepted'; readonly afterDoubt: boolean }
  | { readonly state: 'found'; readonly seen: S }
  | { readonly state: 'not-written'; readonly reason: R }
  | { readonly state: 'unknown'; readonly reason: R; readonly unread?: S };

/**
 * Whether an attempt may have succeeded without an accepted answer.
 * - `denied`: the server denied every attempt. If a read shows nothing, nothing was written.
 * - `possible`: one attempt may have succeeded. A read that shows nothing does not prove that it
 *   failed.
 */
type Doubt = 'none' | 'denied' | 'possible';

const ATTEMPTS = 3;

/**
 * The write protocol, for every write to every registry. It sends. Unless the server accepts, it
 * reads the registry. If something is there, that decides; if nothing is there, it waits and sends
 * again. After the last attempt it waits and reads once more. It ends after three attempts, or if
 * the server asks for a longer wait than `pace` allows. Rejects with the signal's reason on abort
 * and sends nothing after that.
 */
export async function write<S extends Seen, R>(
  work: Write<S, R>,
  pace: Pace,
): Promise<Written<S, R>> {
  let doubt: Doubt = 'none';
  for (let attempt = 1; ; attempt++) {
    pace.signal.throwIfAborted();
    const answer = await work.send();
    if (answer.state === 'accepted') return { state: 'accepted', afterDoubt: doubt !== 'none' };
    const { state, again, afterMs, reason } = answer;
    doubt = doubtAfter(doubt, state);
    const there = state === 'not-processed' ? undefined : decide(await work.read(), reason);
    if (there !== undefined) return there;
    if (again && attempt < ATTEMPTS && (await pace.pause(attempt, afterMs))) continue;
    const shouldReadAgain = doubt === 'possible' || (doubt === 'denied' && again);
    const hasWaited = shouldReadAgain && (await pace.pause(attempt));
    const later = hasWaited ? decide(await work.read(), reason) : undefined;
    return later ?? { state: doubt === 'possible' ? 'unknown' : 'not-written', reason };
  }
}

function doubtAfter(before: Doubt, state: 'not-processed' | 'denied' | 'doubtful'): Doubt {
  if (state === 'not-processed' || before === 'possible') return before;
  return state === 'doubtful' ? 'possible' : 'denied';
}

/** Returns what the read decides; undefined if nothing is there. */
function decide<S extends Seen, R>(seen: S, reason: R): Written<S, R> | undefined {
  if (seen.state === 'absent') return undefined;
  return seen.state === 'unknown'
    ? { state: 'unknown', reason, unread: seen }
    : { state: 'found', seen };
}
