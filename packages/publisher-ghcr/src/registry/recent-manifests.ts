import type { Manifest, Read } from './client.ts';
import { memoryOf } from './run-memory.ts';

/**
 * How old the reading of a tag may be when something is decided on it, in milliseconds. Tags have no
 * compare-and-swap, so after this time a tag is read again before it is written.
 */
export const FRESH_MS = 1_000;

interface Reading {
  /** When the request was sent. */
  readonly askedAt: number;
  readonly read: Promise<Read<Manifest>>;
  isAnswered: boolean;
}

/** By address: `trace` reads a repository with several publishers. */
const runs = new WeakMap<AbortSignal, Map<string, Reading>>();

/**
 * Reads a manifest, unless the run is reading it at this moment, or has asked for it less than
 * `maxAgeMs` ago and got an answer. `now` is in milliseconds that never jump.
 */
export async function readRecent(
  address: string,
  { maxAgeMs, now, signal }: { maxAgeMs: number; now: number; signal: AbortSignal },
  ask: () => Promise<Read<Manifest>>,
): Promise<Read<Manifest>> {
  const readings = memoryOf(runs, signal);
  const found = readings.get(address);
  if (found !== undefined && (!found.isAnswered || now - found.askedAt < maxAgeMs)) {
    const read = await found.read;
    if (read.state !== 'unknown') return read;
  }
  // The oldest come first.
  for (const [old, { askedAt, isAnswered }] of readings) {
    if (now - askedAt < FRESH_MS) break;
    if (isAnswered) readings.delete(old);
  }
  const reading: Reading = { askedAt: now, read: ask(), isAnswered: false };
  readings.delete(address);
  readings.set(address, reading);
  try {
    return await reading.read;
  } finally {
    reading.isAnswered = true;
  }
}

/** Forgets what a write changes. Call it before the write and after it. */
export function forgetReading(address: string, signal: AbortSignal): void {
  memoryOf(runs, signal).delete(address);
}
