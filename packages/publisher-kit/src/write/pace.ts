import { waitMs } from '../http/retry-after.ts';
import { sleep as realSleep, type Sleep } from '../sleep.ts';

/** The waits of one run of writes: honours Retry-After, and is bounded in all. */
export interface Pace {
  readonly signal: AbortSignal;
  /**
   * Waits after the attempt of this number, counted from 1, and never less than `askedMs`. False,
   * at once, when that is longer than this run waits: a later run takes it up. Rejects with the
   * signal's reason on abort.
   */
  pause(attempt: number, askedMs?: number): Promise<boolean>;
}

/** What `createPace` takes from outside; each has a default. */
export interface PacePorts {
  readonly sleep?: Sleep | undefined;
  /** From 0 up to 1, for the jitter. */
  readonly random?: (() => number) | undefined;
  /** Milliseconds; never jumps. */
  readonly now?: (() => number) | undefined;
}

/** The first wait of a write, before jitter. It disturbs a server more than a read does. */
const FIRST_MS = 1000;
/** The longest single wait. npmjs has asked for half an hour: nobody waits that long for one job. */
const LONGEST_MS = 60_000;
/** All waits together; those of several writes at the same time count once. */
const BUDGET_MS = 150_000;

/** One for each run of a verb, shared by its writes. */
export function createPace(signal: AbortSignal, ports: PacePorts = {}): Pace {
  const { sleep = realSleep, random = Math.random, now = () => performance.now() } = ports;
  let waited = 0;
  let until = Number.NEGATIVE_INFINITY;
  return {
    signal,
    async pause(attempt, askedMs) {
      signal.throwIfAborted();
      const ms = waitMs(attempt, random(), askedMs, FIRST_MS);
      const end = now() + ms;
      const more = Math.max(0, end - Math.max(now(), until));
      if (ms > LONGEST_MS || waited + more > BUDGET_MS) return false;
      waited += more;
      until = Math.max(until, end);
      await sleep(ms, signal);
      signal.throwIfAborted();
      return true;
    },
  };
}
