import { type Answer, outcomeUnknown, type Pace, type Write, write } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import type { RegistryClient } from '../registry/client.ts';
import { deleteManifest } from '../registry/delete-manifest.ts';

/** A manifest to remove, and every tag that names it, as far as we know. */
export interface ManifestToRemove {
  readonly digest: string;
  readonly tags: readonly string[];
}

/** How the removal of one manifest ended: as in `Removed`. */
export type ManifestRemoval =
  | { readonly state: 'removed' | 'gone' }
  | { readonly state: 'kept'; readonly reason: string }
  | { readonly state: 'incomplete' | 'unknown'; readonly problem: Problem };

/** Removes one manifest. Reads immediately before what its tags name. */
export type RemoveManifest = (manifest: ManifestToRemove) => Promise<ManifestRemoval>;

/** Removes as the distribution-spec says: deletes the digest, then the tags of it that are left. */
export function removeFromRegistry(client: RegistryClient, pace: Pace): RemoveManifest {
  return async ({ digest, tags }) => {
    const changed = await findChanged(client, { digest, tags }, pace);
    if (changed !== undefined) return changed;
    const removed = await removeReference(client, digest, digest, pace);
    if (removed.state !== 'removed' && removed.state !== 'gone') return removed;
    // go-containerregistry's registry keeps the tags of a deleted digest.
    for (const tag of tags) {
      const untagged = await untag(client, tag, digest, pace);
      if (untagged !== undefined) return untagged;
    }
    return removed;
  };
}

/**
 * Deletes a tag that no longer names anything: distribution removes a manifest first, then its tags.
 * A registry that cannot delete tags keeps it in its list, where it does no harm.
 */
export async function removeDangling(
  client: RegistryClient,
  tag: string,
  { signal }: Pace,
): Promise<void> {
  await deleteManifest(client, tag, signal);
}

/** Reads the tags again: another run may have set one of them to another image. */
async function findChanged(
  client: RegistryClient,
  { digest, tags }: ManifestToRemove,
  { signal }: Pace,
): Promise<ManifestRemoval | undefined> {
  for (const tag of tags) {
    const read = await client.manifest(tag, signal);
    if (read.state === 'unknown') return { state: 'incomplete', problem: read.problem };
    if (read.state === 'present' && read.value.digest !== digest)
      return { state: 'kept', reason: `the tag ${tag} names another image now` };
  }
  return undefined;
}

async function untag(
  client: RegistryClient,
  tag: string,
  digest: string,
  pace: Pace,
): Promise<ManifestRemoval | undefined> {
  const read = await client.manifest(tag, pace.signal);
  if (read.state === 'unknown') return { state: 'unknown', problem: read.problem };
  if (read.state === 'absent' || read.value.digest !== digest) return undefined;
  const removed = await removeReference(client, tag, digest, pace);
  return removed.state === 'removed' || removed.state === 'gone' ? undefined : removed;
}

async function removeReference(
  client: RegistryClient,
  reference: string,
  digest: string,
  pace: Pace,
): Promise<ManifestRemoval> {
  return removeByProtocol(
    {
      send: async () => deleteManifest(client, reference, pace.signal),
      async read() {
        const read = await client.manifest(reference, pace.signal);
        if (read.state === 'unknown') return read;
        const isThere = read.state === 'present' && read.value.digest === digest;
        return { state: isThere ? 'absent' : 'identical' };
      },
    },
    pace,
  );
}

/** The state of a removal that a read shows: `identical` if it is done. */
export type SeenRemoval =
  | { readonly state: 'identical' | 'absent' }
  | { readonly state: 'unknown'; readonly problem: Problem };

/** Removes with the kit's write protocol. */
export async function removeByProtocol(
  work: Write<SeenRemoval, Problem>,
  pace: Pace,
): Promise<ManifestRemoval> {
  let mayBeOurs = false;
  const written = await write<SeenRemoval, Problem>(
    {
      ...work,
      async send(): Promise<Answer<Problem>> {
        const answer = await work.send();
        mayBeOurs ||= answer.state === 'doubtful';
        return answer;
      },
    },
    pace,
  );
  if (written.state === 'accepted') return { state: 'removed' };
  if (written.state === 'found') return { state: mayBeOurs ? 'removed' : 'gone' };
  if (written.state === 'not-written') return { state: 'incomplete', problem: written.reason };
  const unread = written.unread?.state === 'unknown' ? written.unread.problem : undefined;
  return { state: 'unknown', problem: outcomeUnknown('ghcr', written.reason, unread) };
}
