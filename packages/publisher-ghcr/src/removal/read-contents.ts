import { inParallel } from '@ameide/publisher-kit';
import { failed, ok, type Problem, type Result } from '@ameide/versioning-core';
import { referencesOf } from '../image/manifest.ts';
import type { Manifest, RegistryClient } from '../registry/client.ts';
import { listReferrers } from '../registry/referrers.ts';
import { type Contents, decideRemoval, type ReadManifest } from './decide.ts';

interface Reading {
  readonly client: RegistryClient;
  readonly signal: AbortSignal;
  readonly tags: Map<string, string>;
  readonly dangling: string[];
  readonly manifests: Map<string, ReadManifest>;
  readonly referrers: Map<string, readonly string[]>;
  /** Undefined until the registry has answered. */
  hasReferrers: boolean | undefined;
}

/**
 * Reads what decides about a removal: the manifest of every tag, every index that one of them
 * contains, and every manifest to remove. Fails if any of these cannot be read, because an unread
 * manifest may need what would be removed.
 */
export async function readContents(
  client: RegistryClient,
  removing: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Result<Contents>> {
  const listed = await client.tags(signal);
  if (listed.state === 'unknown') return failed(listed.problem);
  const reading: Reading = {
    client,
    signal,
    tags: new Map(),
    dangling: [],
    manifests: new Map(),
    referrers: new Map(),
    hasReferrers: undefined,
  };
  const tags = listed.state === 'present' ? listed.value : [];
  const unread =
    firstOf(await inParallel(tags, async (tag) => readTag(reading, tag))) ??
    (await readGoing(reading, removing));
  return unread === undefined ? ok(reading) : failed(unread);
}

/**
 * Reads what another run may have changed since: new tags, and those that `isMoving` selects. Returns the
 * same contents if nothing has changed.
 */
export async function readChanges(
  client: RegistryClient,
  before: Contents,
  isMoving: (tag: string) => boolean,
  signal: AbortSignal,
): Promise<Result<Contents>> {
  const listed = await client.tags(signal);
  if (listed.state === 'unknown') return failed(listed.problem);
  const dangling = new Set(before.dangling);
  const tags = listed.state === 'present' ? listed.value : [];
  const asked = tags.filter((tag) => isMoving(tag) || !(before.tags.has(tag) || dangling.has(tag)));
  if (asked.length === 0) return ok(before);
  const reading: Reading = {
    client,
    signal,
    tags: new Map(before.tags),
    dangling: [...before.dangling],
    manifests: new Map(before.manifests),
    referrers: new Map(before.referrers),
    hasReferrers: undefined,
  };
  const unread = firstOf(await inParallel(asked, async (tag) => readTag(reading, tag)));
  if (unread !== undefined) return failed(unread);
  const isSame = asked.every((tag) => reading.tags.get(tag) === before.tags.get(tag));
  return ok(isSame ? before : reading);
}

async function readTag(reading: Reading, tag: string): Promise<Problem | undefined> {
  const read = await reading.client.manifest(tag, reading.signal);
  if (read.state === 'unknown') return read.problem;
  if (read.state === 'absent') {
    reading.dangling.push(tag);
    return undefined;
  }
  reading.tags.set(tag, read.value.digest);
  return remember(reading, read.value);
}

/** Remembers a manifest, and reads the indexes that it contains. */
async function remember(reading: Reading, manifest: Manifest): Promise<Problem | undefined> {
  if (reading.manifests.has(manifest.digest)) return undefined;
  const { children, indexes, subject } = referencesOf(manifest.bytes);
  reading.manifests.set(manifest.digest, { children, subject });
  return firstOf(await inParallel(indexes, async (digest) => readDigest(reading, digest)));
}

async function readDigest(reading: Reading, digest: string): Promise<Problem | undefined> {
  if (reading.manifests.has(digest)) return undefined;
  const read = await reading.client.manifest(digest, reading.signal);
  if (read.state === 'unknown') return read.problem;
  if (read.state === 'present') return remember(reading, read.value);
  reading.manifests.set(digest, { children: [] });
  return undefined;
}

/** Reads the manifests to remove and everything attached to them, until there is nothing unread. */
async function readGoing(
  reading: Reading,
  removing: ReadonlySet<string>,
): Promise<Problem | undefined> {
  for (;;) {
    const { toRemove } = decideRemoval(reading, removing);
    const unread = [...toRemove].filter((digest) => !reading.manifests.has(digest));
    const unasked = [...toRemove].filter((digest) => !reading.referrers.has(digest));
    if (unread.length === 0 && unasked.length === 0) return undefined;
    const problem =
      firstOf(await inParallel(unread, async (digest) => readDigest(reading, digest))) ??
      (await readReferrers(reading, unasked));
    if (problem !== undefined) return problem;
  }
}

async function readReferrers(
  reading: Reading,
  digests: readonly string[],
): Promise<Problem | undefined> {
  const ask = async (digest: string): Promise<Problem | undefined> => {
    const found =
      reading.hasReferrers === false
        ? ({ state: 'unsupported' } as const)
        : await listReferrers(reading.client, digest, reading.signal);
    if (found.state === 'unknown') return found.problem;
    reading.hasReferrers ??= found.state === 'present';
    reading.referrers.set(digest, found.state === 'present' ? found.digests : []);
    return undefined;
  };
  const [first, ...others] = digests;
  if (first === undefined) return undefined;
  // The first answer says whether the registry has this list at all.
  return (await ask(first)) ?? firstOf(await inParallel(others, ask));
}

function firstOf(problems: readonly (Problem | undefined)[]): Problem | undefined {
  return problems.find((one) => one !== undefined);
}
