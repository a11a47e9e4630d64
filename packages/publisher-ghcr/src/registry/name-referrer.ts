import { type Pace, write } from '@ameide/publisher-kit';
import { type Problem, problem } from '@ameide/versioning-core';
import { isDescriptor } from '../image/manifest.ts';
import { OCI_INDEX } from '../image/media-types.ts';
import { digestOf, type StoredBlob } from '../image/store.ts';
import type { Manifest, RegistryClient } from './client.ts';
import { type NamedReferrers, readReferrers, referrersTag } from './named-referrers.ts';

export interface Referrer {
  readonly manifest: StoredBlob;
  readonly artifactType: string;
}

/** Attempts to add to the index: another run may write it at the same time, without what we added. */
const ROUNDS = 3;

/**
 * Makes sure that a pushed manifest is listed as a referrer of its subject: by the registry itself, or
 * else in the index under the subject's tag, to which it is added. Returns a problem if it is not.
 */
export async function nameReferrer(
  client: RegistryClient,
  subject: string,
  referrer: Referrer,
  pace: Pace,
): Promise<Problem | undefined> {
  for (let round = 1; ; round += 1) {
    const read = await readReferrers(client, subject, pace.signal);
    if (read.problems !== undefined) return read.problems[0];
    if (read.value.digests.includes(referrer.manifest.digest)) return undefined;
    if (round > ROUNDS) return notNamed(client, subject, read.value);
    if (read.value.by === 'tag') {
      const problem = await addToIndex(client, subject, referrer, read.value, pace);
      if (problem !== undefined) return problem;
    } else if (!(await pace.pause(round))) return notNamed(client, subject, read.value);
  }
}

async function addToIndex(
  client: RegistryClient,
  subject: string,
  { artifactType, manifest: { digest, mediaType, size } }: Referrer,
  { index }: Extract<NamedReferrers, { by: 'tag' }>,
  pace: Pace,
): Promise<Problem | undefined> {
  const tag = referrersTag(subject);
  const added = { mediaType, digest, size, artifactType };
  const content = { ...jsonOf(index), ...INDEX, manifests: [...manifestsOf(index), added] };
  const bytes = Buffer.from(JSON.stringify(content));
  const next: Manifest = { mediaType: OCI_INDEX, digest: digestOf(bytes), bytes };
  const written = await write(
    {
      send: async () => client.putManifest(tag, next, pace.signal),
      async read() {
        const found = await readReferrers(client, subject, pace.signal);
        if (found.problems !== undefined) return { state: 'unknown' };
        return { state: found.value.digests.includes(digest) ? 'identical' : 'absent' };
      },
    },
    pace,
  );
  return 'reason' in written ? written.reason : undefined;
}

const INDEX = { schemaVersion: 2, mediaType: OCI_INDEX };

/** An index may have members that we do not know. */
function jsonOf(index: Manifest | undefined): object {
  return index === undefined ? {} : (JSON.parse(Buffer.from(index.bytes).toString()) as object);
}

function manifestsOf(index: Manifest | undefined): readonly unknown[] {
  const { manifests } = jsonOf(index) as { readonly manifests?: unknown };
  // A registry takes no index with an entry that is no descriptor.
  return Array.isArray(manifests) ? manifests.filter(isDescriptor) : [];
}

function notNamed(client: RegistryClient, subject: string, { by }: NamedReferrers): Problem {
  const operation = client.operation('attach a file to', subject);
  const where = by === 'tag' ? `the index ${referrersTag(subject)}` : 'its list of referrers';
  return problem({
    code: 'ghcr-referrer-not-named',
    kind: 'incomplete',
    message: `Could not ${operation.what}: the registry accepted the file, but ${where} does not list it.`,
    hint: 'Run the same command again: it reads the registry first.',
    coordinate: operation.coordinate,
    effect: 'committed',
  });
}
