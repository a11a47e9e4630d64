import { sleep } from '@ameide/publisher-kit';

/** The engine's clock; tests replace it. */
export interface Clock {
  /** Milliseconds that never decrease. */
  now(): number;
  /** The time of day, for events. */
  date(): Date;
  /** Rejects on abort. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  sleep,
};
