import type { PointerMove, Problem } from '@ameide/versioning-core';
import { whenSent } from '../http/turn.ts';
import type { Answer } from './answer.ts';
import type { Pace } from './pace.ts';
import { type Write, type Written, write } from './write.ts';

/** What a pointer names now; undefined if it does not exist. */
export type PointerRead<C> =
  | {
      readonly current: C | undefined;
      /**
       * True if this is what the run has read earlier, for something else. With compare-and-swap it is good
       * enough to try a move; before any other decision we read again.
       */
      readonly isEarlier?: boolean;
      /** When the request was sent, by the clock of the pace, if that was before the call of `read`. */
      readonly readAt?: number;
    }
  | { readonly problem: Problem };

/** Whether a pointer moves, and what it names now, for people. */
export type MoveDecision =
  | {
      readonly outcome: 'move' | 'already' | 'superseded';
      readonly from?: string | undefined;
      /** True if the decision needed no further read, so what is known of the pointer is still recent. */
      readonly hasReadNothing?: boolean;
    }
  | {
      readonly outcome: 'blocked';
      readonly from?: string | undefined;
      readonly problem: Problem;
      /**
       * True if what it names is surely not older than ours: a commit that our whole history does
       * not have. If another run set it after us, it supersedes ours.
       */
      readonly isNotOlder?: boolean;
    };

/** A pointer on a registry. `C` is the type of what it names. */
export interface MovingPointer<C> {
  /**
   * True for a registry with compare-and-swap, such as git's `--force-with-lease`: `send` succeeds
   * only while the pointer names `over`. So the pointer is not read again before `send`.
   */
  readonly compareAndSwap?: boolean;
  /**
   * True for a name that other runs move, too. Without compare-and-swap it is watched after the
   * write, because another run may have decided before our write and may write after it.
   */
  readonly isShared?: boolean;
  /**
   * How old, in milliseconds, what was read of the pointer may be when it is written; otherwise it is read
   * again. Less than two seconds, after which a write is late. By default this does not depend on time: a
   * pointer that exists is read again if the decision has read anything else.
   */
  readonly freshMs?: number;
  /** Reads only what the pointer names; called several times. */
  read(): Promise<PointerRead<C>>;
  /** Returns a key to compare what two reads found: a version, a digest. */
  key(current: C): string;
  /** True if the pointer is as wanted. `current` is undefined if it does not exist. */
  isSet(current: C | undefined): boolean;
  /** Reads whatever else the decision needs, and decides. */
  decide(current: C | undefined): Promise<MoveDecision>;
  /** Sets the pointer in one attempt. `over` is what it named when we decided. */
  send(over: C | undefined): Promise<Answer<Problem>>;
  /** Called just before the read that ends the watch: what must still hold then can be read with it. */
  beforeLastLook?(): void;
  /**
   * Makes the problem of a pointer that was sent but did not move visibly: the registry still shows
   * what it named before, or cannot be read.
   */
  unconfirmed(why: 'not-shown' | 'not-read', cause: Problem | undefined): Problem;
  /** Makes the problem of a pointer that others reset after each of our writes. */
  contended(): Problem;
  /**
   * Asked if our write may have taken effect so late that another run has set the pointer and
   * stopped watching it. Returns a problem if the registry has something newer for it to name.
   */
  overtaken?: (() => Promise<Problem | undefined>) | undefined;
}

type Move = Omit<PointerMove, 'pointer'>;

/** The number of rounds, because another run may move the pointer before or after our write. */
const ROUNDS = 5;

/**
 * The waits between the reads of a pointer that we have set and that other runs move, too. A run
 * whose write takes effect at most their sum, two seconds, after the read before it cannot undo
 * ours unnoticed. There are two, so that the run that comes too late sees in its last read that the
 * other one has set the pointer again, if that took less than the shorter of them.
 */
export const WATCH_MS: readonly number[] = [1000, 1000];
const WATCHED_MS = WATCH_MS.reduce((sum, ms) => sum + ms, 0);

/**
 * Moves a pointer: reads it, decides, writes it if it is unchanged, reads it back, and decides
 * again if it names something else. It counts as moved only once a read shows it: a hook of a git
 * host may accept a push and undo it. If other runs move it, too, and there is no compare-and-swap, it
 * must still name ours after `WATCH_MS`. If a registry accepts the write and still shows the
 * old value, we only read again; we do not write again. Rejects with the signal's reason on abort.
 */
export async function movePointer<C>(pointer: MovingPointer<C>, pace: Pace): Promise<Move> {
  let last: Sent<C> | undefined;
  for (let round = 1; ; round++) {
    const now = await look(pointer, last, pace);
    if (now === 'set') return settled(pointer, last);
    if ('problem' in now) return afterUnread(pointer, now.problem, last);
    const { current, isEarlier = false, readAt, wasSet } = now;
    if (last !== undefined && !wasSet && isSame(pointer, current, last.over)) {
      // Either a cache answers, or another run reset the pointer. Writing again would not tell
      // which.
      if (round < ROUNDS && (await pace.pause(round))) continue;
      return blocked(pointer.unconfirmed('not-shown', undefined), last.from);
    }
    const decision = await pointer.decide(current);
    if (isEarlier && decision.outcome !== 'move') continue;
    const { from } = decision;
    if (decision.outcome === 'blocked')
      return wasSet && decision.isNotOlder === true
        ? { outcome: 'superseded', ...named(from) }
        : blocked(decision.problem, from);
    if (decision.outcome !== 'move') return { outcome: decision.outcome, ...named(from) };
    if (round === ROUNDS) return blocked(pointer.contended(), from);
    const isFresh =
      pointer.freshMs === undefined
        ? current === undefined ||
          pointer.compareAndSwap === true ||
          decision.hasReadNothing === true
        : pace.now() - readAt < pointer.freshMs;
    const sent = await sendWhileUnchanged(pointer, { over: current, from, readAt, isFresh }, pace);
    if (sent !== undefined && 'outcome' in sent) return sent;
    last = sent;
  }
}

/** A write that was accepted, or that a read has shown. */
interface Sent<C> {
  /** What the pointer named before the write. */
  readonly over: C | undefined;
  readonly from: string | undefined;
  /** True if a read has shown it set since. */
  readonly isSeen: boolean;
  /** True if it may have taken effect when other runs no longer watched: too long after our read. */
  readonly isLate: boolean;
}

/** What a write is decided on. */
interface Basis<C> extends Pick<Sent<C>, 'over' | 'from'> {
  /** When the read before it began. */
  readonly readAt: number;
  /** True if that read is recent enough, because nothing else was read after it. */
  readonly isFresh: boolean;
}

/** What a pointer names, and whether we have seen it set as wanted after our last write. */
type Look<C> =
  | 'set'
  | { readonly problem: Problem }
  | {
      readonly current: C | undefined;
      readonly isEarlier?: boolean;
      readonly readAt: number;
      readonly wasSet: boolean;
    };

/** Reads a pointer; after our write, for as long as it is as wanted and may still change. */
async function look<C>(
  pointer: MovingPointer<C>,
  last: Sent<C> | undefined,
  pace: Pace,
): Promise<Look<C>> {
  if (last?.isSeen !== true) {
    const { now, readAt } = await readNow(pointer, pace);
    if ('problem' in now) return now;
    if (last === undefined || !pointer.isSet(now.current)) return { ...now, readAt, wasSet: false };
  }
  if (pointer.isShared !== true || pointer.compareAndSwap === true) return 'set';
  for (const [index, ms] of WATCH_MS.entries()) {
    await pace.wait(ms);
    if (index === WATCH_MS.length - 1) pointer.beforeLastLook?.();
    const { now, readAt } = await readNow(pointer, pace);
    if ('problem' in now) return now;
    if (!pointer.isSet(now.current)) return { ...now, readAt, wasSet: true };
  }
  return 'set';
}

/** Reads a pointer, and returns when that request was sent, not when it entered the queue. */
async function readNow<C>(
  pointer: Pick<MovingPointer<C>, 'read'>,
  pace: Pace,
): Promise<{ readonly now: PointerRead<C>; readonly readAt: number }> {
  let readAt = pace.now();
  const now = await whenSent(
    async () => pointer.read(),
    () => (readAt = pace.now()),
  );
  return { now, readAt: 'problem' in now ? readAt : (now.readAt ?? readAt) };
}

/** Returns undefined if the pointer has changed, so that a new decision is needed. */
async function sendWhileUnchanged<C>(
  pointer: MovingPointer<C>,
  { over, from, isFresh, readAt }: Basis<C>,
  pace: Pace,
): Promise<Sent<C> | Move | undefined> {
  const reread = isFresh ? { now: { current: over }, readAt } : await readNow(pointer, pace);
  if ('problem' in reread.now) return blocked(reread.now.problem, from);
  if (!isSame(pointer, reread.now.current, over)) return undefined;
  const time = { readAt: reread.readAt, sentAfter: reread.readAt };
  const work = writeOf(pointer, over);
  const written = await write(
    {
      async send() {
        time.sentAfter = time.readAt;
        return work.send();
      },
      async read() {
        time.readAt = pace.now();
        return work.read();
      },
    },
    pace,
  );
  const isLate = pace.now() - time.sentAfter > WATCHED_MS;
  return afterWrite(pointer, written, { over, from, isLate });
}

/** The result of reading the pointer. */
type Seen =
  | { readonly state: 'identical' | 'absent' | 'conflict' }
  | { readonly state: 'unknown'; readonly problem: Problem };

function writeOf<C>(pointer: MovingPointer<C>, over: C | undefined): Write<Seen, Problem> {
  return {
    send: async () => pointer.send(over),
    async read() {
      const now = await pointer.read();
      if ('problem' in now) return { state: 'unknown', problem: now.problem };
      if (pointer.isSet(now.current)) return { state: 'identical' };
      return { state: isSame(pointer, now.current, over) ? 'absent' : 'conflict' };
    },
  };
}

function afterWrite<C>(
  pointer: MovingPointer<C>,
  written: Written<Seen, Problem>,
  sent: Omit<Sent<C>, 'isSeen'>,
): Sent<C> | Move | undefined {
  if (written.state === 'accepted') return { ...sent, isSeen: false };
  if (written.state === 'found')
    return written.seen.state === 'identical' ? { ...sent, isSeen: true } : undefined;
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

async function settled<C>(pointer: MovingPointer<C>, last: Sent<C> | undefined): Promise<Move> {
  const overtaken = last?.isLate === true ? await pointer.overtaken?.() : undefined;
  if (overtaken !== undefined) return blocked(overtaken, last?.from);
  return { outcome: 'moved', ...named(last?.from) };
}

function blocked(problem: Problem, from?: string): Move {
  return { outcome: 'blocked', ...named(from), problem };
}

function named(from: string | undefined): { readonly from?: string } {
  return from === undefined ? {} : { from };
}
