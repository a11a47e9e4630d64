import type { FindingState } from '@ameide/versioning-core';
import type { Answer } from './answer.ts';
import type { Pace } from './pace.ts';

/**
 * What a look shows, compared with one write: `absent` when nothing is there, `identical` when the
 * write itself is, `same-source` or `conflict` when something else is, `unknown` when the look
 * failed.
 */
export interface Seen {
  readonly state: FindingState;
}

/** One write: what is sent, and how to look whether it took place. Sending it twice is harmless. */
export interface Write<S extends Seen, R> {
  /** Sends it once, without trying again. */
  send(): Promise<Answer<R>>;
  look(): Promise<S>;
}

/**
 * How a write ended.
 * - `accepted`: the server accepted it. `afterDoubt`: an earlier attempt may have done the work.
 * - `found`: the server did not accept it, and a look showed what is there: the write itself
 *   (`identical`), or what somebody else put there.
 * - `not-written`: nothing was written.
 * - `unknown`: something may have been written. `unread` is the look that failed; without it a look
 *   worked, and did not show the write.
 *
 * `reason` is the last attempt's answer.
 */
export type Written<S extends Seen, R> =
  | { readonly state: 'accepted'; readonly afterDoubt: boolean }
  | { readonly state: 'found'; readonly seen: S }
  | { readonly state: 'not-written'; readonly reason: R }
  | { readonly state: 'unknown'; readonly reason: R; readonly unread?: S };

/**
 * Whether an attempt may have succeeded without being accepted.
 * - `denied`: the server denied every attempt. If a look shows nothing, nothing was written.
 * - `possible`: one attempt may have succeeded. A look that shows nothing does not prove that it
 *   failed.
 */
type Doubt = 'none' | 'denied' | 'possible';

const ATTEMPTS = 3;

/**
 * The write protocol, for every write to every registry: send; unless it was accepted, look; what
 * is there decides; if nothing is there, wait and send again. When nothing more is tried, wait and
 * look once more. Ends after three attempts, or when the server asks for a longer wait than `pace`
 * allows. Rejects with the signal's reason on abort, and sends nothing after it.
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
    const there = state === 'not-processed' ? undefined : decide(await work.look(), reason);
    if (there !== undefined) return there;
    if (again && attempt < ATTEMPTS && (await pace.pause(attempt, afterMs))) continue;
    const isWorthALook = doubt === 'possible' || (doubt === 'denied' && again);
    const isLater = isWorthALook && (await pace.pause(attempt));
    const later = isLater ? decide(await work.look(), reason) : undefined;
    return later ?? { state: doubt === 'possible' ? 'unknown' : 'not-written', reason };
  }
}

function doubtAfter(before: Doubt, state: 'not-processed' | 'denied' | 'doubtful'): Doubt {
  if (state === 'not-processed' || before === 'possible') return before;
  return state === 'doubtful' ? 'possible' : 'denied';
}

/** What a look decides; undefined when nothing is there. */
function decide<S extends Seen, R>(seen: S, reason: R): Written<S, R> | undefined {
  if (seen.state === 'absent') return undefined;
  return seen.state === 'unknown'
    ? { state: 'unknown', reason, unread: seen }
    : { state: 'found', seen };
}
