import type { Problem } from '@ameide/versioning-core';
import type { Manifest, RegistryClient } from './registry/client.ts';
import { type HeldManifest, readHeld } from './registry/facts.ts';

/** Waits; rejects with the signal's reason on abort. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

export interface TagWrite {
  readonly tag: string;
  readonly manifest: Manifest;
  /** The digest that the tag was read to name; undefined when it was absent. */
  readonly before: string | undefined;
}

/**
 * `stored`: the tag names the manifest. `taken`: somebody else wrote the tag meanwhile, `held` is
 * what it names. `failed`: it does not name it, or (effect `unknown`) nobody can tell.
 */
export type TagWritten =
  | { readonly state: 'stored' }
  | { readonly state: 'taken'; readonly held: Extract<HeldManifest, { state: 'present' }> }
  | { readonly state: 'failed'; readonly problem: Problem };

const ATTEMPTS = 3;

/** How long to wait after the attempt of this number, counted from 1: 250 ms, 500 ms, … */
export function waitMs(attempt: number): number {
  return 250 * 2 ** (attempt - 1);
}

/**
 * Stores a manifest under a tag. A doubtful answer (5xx, 409, a dropped connection) is followed by
 * a re-read that compares digests; the same PUT is sent again only while the tag still is as it
 * was.
 */
export async function writeTag(
  client: RegistryClient,
  write: TagWrite,
  signal: AbortSignal,
  sleep: Sleep,
): Promise<TagWritten> {
  for (let attempt = 1; ; attempt++) {
    const put = await client.putManifest(write.tag, write.manifest, signal);
    if (put.state === 'stored') return { state: 'stored' };
    if (put.state === 'refused') return { state: 'failed', problem: put.problem };
    const held = await readHeld(client, write.tag, signal);
    if (held.state === 'unknown') return { state: 'failed', problem: put.problem };
    const now = held.state === 'present' ? held.digest : undefined;
    if (now === write.manifest.digest) return { state: 'stored' };
    if (held.state === 'present' && now !== write.before) return { state: 'taken', held };
    if (attempt === ATTEMPTS) return { state: 'failed', problem: notStored(put.problem) };
    await sleep(waitMs(attempt), signal);
  }
}

// The re-read has shown that nothing landed.
function notStored(doubt: Problem): Problem {
  return { ...doubt, kind: doubt.kind === 'unknown' ? 'incomplete' : doubt.kind, effect: 'none' };
}
