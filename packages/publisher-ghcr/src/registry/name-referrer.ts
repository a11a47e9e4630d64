import { type Pace, write } from '@ameide/publisher-kit';
import { failed, ok, type Problem, problem, type Result } from '@ameide/versioning-core';
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
 * Makes sure that pushed manifests are listed as referrers of their subject. If the registry does not list
 * them itself, adds them to the index under the subject's tag. Returns the digests of all its referrers,
 * or a problem if one of the manifests is not listed.
 */
export async function nameReferrers(
  client: RegistryClient,
  subject: string,
  referrers: readonly Referrer[],
  pace: Pace,
): Promise<Result<readonly string[]>> {
  for (let round = 1; ; round += 1) {
    const read = await readReferrers(client, subject, pace.signal);
    if (read.problems !== undefined) return read;
    const { by, digests } = read.value;
    const missing = referrers.filter(({ manifest }) => !digests.includes(manifest.digest));
    if (missing.length === 0) return ok(digests);
    if (round > ROUNDS) return failed(notNamed(client, subject, read.value));
    if (by === 'tag') {
      const problem = await addToIndex(client, subject, missing, read.value, pace);
      if (problem !== undefined) return failed(problem);
    } else if (!(await pace.pause(round))) return failed(notNamed(client, subject, read.value));
  }
}

async function addToIndex(
  client: RegistryClient,
  subject: string,
  referrers: readonly Referrer[],
  { index }: Extract<NamedReferrers, { by: 'tag' }>,
  pace: Pace,
): Promise<Problem | undefined> {
  const tag = referrersTag(subject);
  const added = referrers.map(({ artifactType, manifest: { digest, mediaType, size } }) => ({
    mediaType,
    digest,
    size,
    artifactType,
  }));
  const content = { ...jsonOf(index), ...INDEX, manifests: [...manifestsOf(index), ...added] };
  const bytes = Buffer.from(JSON.stringify(content));
  const next: Manifest = { mediaType: OCI_INDEX, digest: digestOf(bytes), bytes };
  const written = await write(
    {
      send: async () => client.putManifest(tag, next, pace.signal),
      async read() {
        const found = await readReferrers(client, subject, pace.signal);
        if (found.problems !== undefined) return { state: 'unknown' };
        const named = new Set(found.value.digests);
        const areNamed = added.every(({ digest }) => named.has(digest));
        return { state: areNamed ? 'identical' : 'absent' };
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
