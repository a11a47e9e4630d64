import type { PointerMove, Problem } from '@ameide/versioning-core';
import type { Answer } from './answer.ts';
import type { Pace } from './pace.ts';
import { type Write, type Written, write } from './write.ts';

/** What a pointer names now: undefined when there is no such pointer. */
export type PointerRead<C> = { readonly current: C | undefined } | { readonly problem: Problem };

/** Whether a pointer moves, and the name of what it names now, for people. */
export type MoveDecision =
  | { readonly outcome: 'move' | 'already' | 'superseded'; readonly from?: string | undefined }
  | { readonly outcome: 'blocked'; readonly from?: string | undefined; readonly problem: Problem };

/** A pointer of a registry; `C` is what it names. */
export interface MovingPointer<C> {
  /**
   * True for a registry with compare-and-swap, as git's `--force-with-lease`: `send` takes place only
   * while the pointer names `over`. It is not read again before that, and an accepted write is final.
   */
  readonly compareAndSwap?: boolean;
  /** Reads only what it names: it is asked several times. */
  read(): Promise<PointerRead<C>>;
  /** Tells what is named apart: a version, a digest. */
  key(current: C): string;
  /** Whether it is as it shall be. Undefined: there is no such pointer. */
  isSet(current: C | undefined): boolean;
  /** Reads whatever the decision needs, and decides. */
  decide(current: C | undefined): Promise<MoveDecision>;
  /** Sets it, once. `over` is what it named when it was decided on. */
  send(over: C | undefined): Promise<Answer<Problem>>;
  /**
   * The problem of a pointer that was sent and was not seen to move: the registry still shows what
   * it named before, or cannot be read.
   */
  unconfirmed(why: 'not-shown' | 'not-read', cause: Problem | undefined): Problem;
  /** The problem of a pointer that others set again each time. */
  contended(): Problem;
}

type Move = Omit<PointerMove, 'pointer'>;

/** Another run may move the pointer between reading and writing, and after it. */
const ROUNDS = 5;

/**
 * Moves a pointer: reads it, decides, writes it while it is as it was read, reads it back, and
 * decides again when it names something else. Without compare-and-swap it is called moved only when
 * it was seen so: a registry that accepts the write and goes on showing what it named before is not
 * written again, only read again. Rejects with the signal's reason on abort.
 */
export async function movePointer<C>(pointer: MovingPointer<C>, pace: Pace): Promise<Move> {
  let last: Sent<C> | undefined;
  for (let round = 1; ; round++) {
    const now = await pointer.read();
    if ('problem' in now) return afterUnread(pointer, now.problem, last);
    if (last !== undefined && pointer.isSet(now.current)) return moved(last);
    if (last !== undefined && isSame(pointer, now.current, last.over)) {
      // A cache, or another run that set it back: writing again would not tell.
      if (round < ROUNDS && (await pace.pause(round))) continue;
      return blocked(pointer.unconfirmed('not-shown', undefined), last.from);
    }
    const decision = await pointer.decide(now.current);
    const { from } = decision;
    if (decision.outcome === 'blocked') return blocked(decision.problem, from);
    if (decision.outcome !== 'move') return { outcome: decision.outcome, ...named(from) };
    if (round === ROUNDS) return blocked(pointer.contended(), from);
    const sent = await sendWhileUnchanged(pointer, now.current, from, pace);
    if (sent !== undefined && 'outcome' in sent) return sent;
    last = sent;
  }
}

/** A write that was accepted. */
interface Sent<C> {
  /** What the pointer named before it. */
  readonly over: C | undefined;
  readonly from: string | undefined;
}

/** Undefined when the pointer names something else by now, and has to be decided on again. */
async function sendWhileUnchanged<C>(
  pointer: MovingPointer<C>,
  over: C | undefined,
  from: string | undefined,
  pace: Pace,
): Promise<Sent<C> | Move | undefined> {
  // Nothing was read to decide on a pointer that does not exist: no time has passed.
  const isFresh = over === undefined || pointer.compareAndSwap === true;
  const again = isFresh ? { current: over } : await pointer.read();
  if ('problem' in again) return blocked(again.problem, from);
  if (!isSame(pointer, again.current, over)) return undefined;
  const written = await write(writeOf(pointer, over), pace);
  return settle(pointer, written, { over, from });
}

/** What a look at the pointer shows. */
type Look =
  | { readonly state: 'identical' | 'absent' | 'conflict' }
  | { readonly state: 'unknown'; readonly problem: Problem };

function writeOf<C>(pointer: MovingPointer<C>, over: C | undefined): Write<Look, Problem> {
  return {
    send: async () => pointer.send(over),
    async look() {
      const now = await pointer.read();
      if ('problem' in now) return { state: 'unknown', problem: now.problem };
      if (pointer.isSet(now.current)) return { state: 'identical' };
      return { state: isSame(pointer, now.current, over) ? 'absent' : 'conflict' };
    },
  };
}

function settle<C>(
  pointer: MovingPointer<C>,
  written: Written<Look, Problem>,
  sent: Sent<C>,
): Sent<C> | Move | undefined {
  if (written.state === 'accepted') return pointer.compareAndSwap === true ? moved(sent) : sent;
  if (written.state === 'found')
    return written.seen.state === 'identical' ? moved(sent) : undefined;
  if (written.state === 'not-written') return blocked(written.reason, sent.from);
  const { unread, reason } = written;
  const problem =
    unread?.state === 'unknown'
      ? pointer.unconfirmed('not-read', unread.problem)
      : pointer.unconfirmed('not-shown', reason);
  return blocked(problem, sent.from);
}

function afterUnread<C>(
  pointer: MovingPointer<C>,
  problem: Problem,
  last: Sent<C> | undefined,
): Move {
  if (last === undefined) return blocked(problem);
  return blocked(pointer.unconfirmed('not-read', problem), last.from);
}

function isSame<C>(pointer: MovingPointer<C>, a: C | undefined, b: C | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return pointer.key(a) === pointer.key(b);
}

function moved<C>({ from }: Sent<C>): Move {
  return { outcome: 'moved', ...named(from) };
}

function blocked(problem: Problem, from?: string): Move {
  return { outcome: 'blocked', ...named(from), problem };
}

function named(from: string | undefined): { readonly from?: string } {
  return from === undefined ? {} : { from };
}
