import type { Manifest, Read } from './client.ts';

/**
 * How old the reading of a tag may be when something is decided on it, in milliseconds. Tags have no
 * compare-and-swap, so after this time a tag is read again before it is written.
 */
export const FRESH_MS = 1_000;

interface Reading {
  /** When the request was sent. */
  readonly askedAt: number;
  readonly read: Promise<Read<Manifest>>;
}

/** The readings of the last moment, so that two steps that follow each other ask once. */
export class RecentManifests {
  readonly #readings = new Map<string, Reading>();
  readonly #now: () => number;

  /** `now` returns milliseconds that never jump. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns a reading that was asked for less than `maxAgeMs` ago and was answered. */
  async find(reference: string, maxAgeMs: number): Promise<Read<Manifest> | undefined> {
    const found = this.#readings.get(reference);
    if (found === undefined || this.#now() - found.askedAt >= maxAgeMs) return undefined;
    const read = await found.read.catch(() => undefined);
    return read?.state === 'unknown' ? undefined : read;
  }

  /** Asks, and keeps the reading for a moment. */
  async keep(reference: string, ask: () => Promise<Read<Manifest>>): Promise<Read<Manifest>> {
    const askedAt = this.#now();
    // The oldest come first.
    for (const [old, reading] of this.#readings) {
      if (askedAt - reading.askedAt < FRESH_MS) break;
      this.#readings.delete(old);
    }
    const read = ask();
    this.forget(reference);
    this.#readings.set(reference, { askedAt, read });
    return read;
  }

  /** Forgets what a write changes. Call it before the write and after it. */
  forget(reference: string): void {
    this.#readings.delete(reference);
  }
}
