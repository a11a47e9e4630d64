import { waitMs } from '../http/retry-after.ts';
import { sleep as realSleep, type Sleep } from '../sleep.ts';

/** The waits of one step's writes. Obeys Retry-After, and limits the total. */
export interface Pace {
  readonly signal: AbortSignal;
  /**
   * Waits after attempt number `attempt`, counted from 1, at least `askedMs`. Returns false at once
   * if that is longer than this step may wait; a later run continues. Rejects with the signal's
   * reason on abort.
   */
  pause(attempt: number, askedMs?: number): Promise<boolean>;
  /** Waits exactly this long. Does not count as waiting for a server that refused. Rejects as `pause`. */
  wait(ms: number): Promise<void>;
  /** Milliseconds that never jump. */
  now(): number;
}

/** What `createPace` uses from outside. Each part has a default. */
export interface PacePorts {
  readonly sleep?: Sleep | undefined;
  /** From 0 up to 1, for the jitter. */
  readonly random?: (() => number) | undefined;
  /** Returns milliseconds that never jump. */
  readonly now?: (() => number) | undefined;
}

/**
 * The first wait of a write before jitter. Longer than for a read, because a write costs a server
 * more.
 */
const FIRST_MS = 1000;
/** The longest single wait. npmjs has asked for half an hour, which is too long for a job. */
const LONGEST_MS = 60_000;
/** The total of all waits. Simultaneous waits of several writes count once. */
const BUDGET_MS = 150_000;

/** Makes the pace of one step; all writes of that step share it. */
export function createPace(signal: AbortSignal, ports: PacePorts = {}): Pace {
  const { sleep = realSleep, random = Math.random, now = () => performance.now() } = ports;
  let waited = 0;
  let until = Number.NEGATIVE_INFINITY;
  const wait = async (ms: number): Promise<void> => {
    signal.throwIfAborted();
    await sleep(ms, signal);
    signal.throwIfAborted();
  };
  return {
    signal,
    wait,
    now,
    async pause(attempt, askedMs) {
      signal.throwIfAborted();
      const ms = waitMs(attempt, random(), askedMs, FIRST_MS);
      const end = now() + ms;
      const more = Math.max(0, end - Math.max(now(), until));
      if (ms > LONGEST_MS || waited + more > BUDGET_MS) return false;
      waited += more;
      until = Math.max(until, end);
      await wait(ms);
      return true;
    },
  };
}
