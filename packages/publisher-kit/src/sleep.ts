import { setTimeout as delay } from 'node:timers/promises';

/** Waits `ms` milliseconds. Rejects when the signal aborts. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<unknown>;

/** Waits in real time. Rejects with the signal's own reason. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
