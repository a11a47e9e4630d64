import { createRunAnswers } from '@ameide/publisher-kit';
import type { Manifest, Read } from './client.ts';

/**
 * How old the reading of a tag may be when something is decided on it, in milliseconds. Tags have no
 * compare-and-swap, so after this time a tag is read again before it is written.
 */
const FRESH_MS = 1_000;

/** `recent`: the run's own reading will do that was asked for less than `FRESH_MS` ago. */
export type Freshness = 'recent' | 'now';

interface Reading {
  /** When the request was sent. */
  readonly askedAt: number;
  readonly read: Read<Manifest>;
}

/** By address: `trace` reads a repository with several publishers. */
const readings = createRunAnswers();

/**
 * Reads a manifest, unless the run is reading it at this moment, or has a recent reading and that will
 * do. `now` returns milliseconds that never jump.
 */
export async function readRecent(
  address: string,
  {
    freshness,
    now,
    signal,
  }: { readonly freshness: Freshness; readonly now: () => number; readonly signal: AbortSignal },
  ask: () => Promise<Read<Manifest>>,
): Promise<Read<Manifest>> {
  let isOwn = false;
  const timed = async (): Promise<Reading> => {
    isOwn = true;
    return { askedAt: now(), read: await ask() };
  };
  const isRecent = ({ askedAt, read }: Reading): boolean =>
    read.state !== 'unknown' && now() - askedAt < FRESH_MS;
  const take = freshness === 'recent' ? readings.keep : readings.refresh;
  const { read } = await take(signal, address, timed, isRecent);
  // Somebody else's failure is none of ours.
  if (isOwn || read.state !== 'unknown') return read;
  return (await readings.refresh(signal, address, timed, isRecent)).read;
}

/** Forgets what a write changes. Call it before the write and after it. */
export function forgetReading(address: string, signal: AbortSignal): void {
  readings.forgetOne(signal, address);
}
