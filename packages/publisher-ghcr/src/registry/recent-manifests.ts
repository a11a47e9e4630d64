import { createRunAnswers, whenSent } from '@ameide/publisher-kit';
import type { Manifest, Read } from './client.ts';

/**
 * How old what a run has read of a tag may be when it decides something on it, in milliseconds. Tags have
 * no compare-and-swap, so after this time a tag is read again before it is written.
 */
export const FRESH_MS = 1_000;

/** `recent`: what the run itself has read less than `FRESH_MS` ago is enough. `now`: it is read again. */
export type Freshness = 'recent' | 'now';

interface Reading {
  readonly sentAt: number;
  readonly read: Read<Manifest>;
}

/** By address, because `trace` reads one repository with several publishers. */
const readings = createRunAnswers();

/**
 * Reads a manifest. Shares the answer if the run is reading it at this moment, or has read it recently and
 * that is enough. `now` returns milliseconds that never jump.
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
    let sentAt = now();
    const read = await whenSent(ask, () => (sentAt = now()));
    return { sentAt, read };
  };
  const isRecent = ({ sentAt, read }: Reading): boolean =>
    read.state !== 'unknown' && now() - sentAt < FRESH_MS;
  const take = freshness === 'recent' ? readings.get : readings.refresh;
  const { read } = await take(signal, address, timed, isRecent);
  // Another step's request may have failed for a reason that does not concern this one.
  if (isOwn || read.state !== 'unknown') return read;
  return (await readings.refresh(signal, address, timed, isRecent)).read;
}

/** Forgets what was read of a manifest. Call it before a write changes it, and after. */
export function forgetReading(address: string, signal: AbortSignal): void {
  readings.forgetOne(signal, address);
}
