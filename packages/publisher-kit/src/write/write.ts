import type { FindingState } from '@ameide/versioning-core';
import type { Answer } from './answer.ts';
import type { Pace } from './pace.ts';

/**
 * What a look shows, from the view of one write: `absent` when the write has not taken place and
 * nothing is in its way, `identical` when it has, `same-source` or `conflict` when something else is
 * there, `unknown` when nobody can tell.
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
 * What a write came to.
 * - `accepted`: the server said so. `afterDoubt`: an attempt before it may have done the work.
 * - `found`: the server did not say so, and a look showed what is there: the write itself
 *   (`identical`), or what somebody else put there.
 * - `not-written`: it did not take place.
 * - `unknown`: it may have taken place. `unread` is the look that told nothing; without it a look
 *   did not show the write.
 *
 * `reason` is what the last attempt was told.
 */
export type Written<S extends Seen, R> =
  | { readonly state: 'accepted'; readonly afterDoubt: boolean }
  | { readonly state: 'found'; readonly seen: S }
  | { readonly state: 'not-written'; readonly reason: R }
  | { readonly state: 'unknown'; readonly reason: R; readonly unread?: S };

/**
 * Whether an attempt may have taken place without being accepted.
 * - `until-seen`: the server denied each; a look that shows nothing is believed.
 * - `lasting`: one was answered in doubt; that nothing is shown proves nothing.
 */
type Doubt = 'none' | 'until-seen' | 'lasting';

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
    const there = state === 'unsent' ? undefined : decide(await work.look(), reason);
    if (there !== undefined) return there;
    if (again && attempt < ATTEMPTS && (await pace.pause(attempt, afterMs))) continue;
    const isWorthALook = doubt === 'lasting' || (doubt === 'until-seen' && again);
    const isLater = isWorthALook && (await pace.pause(attempt));
    const later = isLater ? decide(await work.look(), reason) : undefined;
    return later ?? { state: doubt === 'lasting' ? 'unknown' : 'not-written', reason };
  }
}

function doubtAfter(before: Doubt, state: 'unsent' | 'refused' | 'doubtful'): Doubt {
  if (state === 'unsent' || before === 'lasting') return before;
  return state === 'doubtful' ? 'lasting' : 'until-seen';
}

/** What a look decides; undefined when nothing is there. */
function decide<S extends Seen, R>(seen: S, reason: R): Written<S, R> | undefined {
  if (seen.state === 'absent') return undefined;
  return seen.state === 'unknown'
    ? { state: 'unknown', reason, unread: seen }
    : { state: 'found', seen };
}
