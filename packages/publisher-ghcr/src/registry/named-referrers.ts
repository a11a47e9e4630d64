import { failed, ok, type Result } from '@ameide/versioning-core';
import { referencesOf } from '../image/manifest.ts';
import type { Manifest, RegistryClient } from './client.ts';
import { listReferrers } from './referrers.ts';

/**
 * Returns the tag that names the referrers of a manifest where the registry has no list of them
 * (distribution-spec, "Referrers Tag Schema").
 */
export function referrersTag(digest: string): string {
  return digest.replace(':', '-');
}

/** The referrers of a manifest, and where they are listed: by the registry, or in the index under a tag. */
export type NamedReferrers =
  | { readonly by: 'registry'; readonly digests: readonly string[] }
  | { readonly by: 'tag'; readonly digests: readonly string[]; readonly index?: Manifest };

/** Repositories at registries without the referrers API, which are not asked again. */
const withoutList = new WeakSet<RegistryClient>();

/** Reads the referrers of a manifest that exists: for one that does not, a registry may answer 404. */
export async function readReferrers(
  client: RegistryClient,
  subject: string,
  signal: AbortSignal,
): Promise<Result<NamedReferrers>> {
  if (!withoutList.has(client)) {
    const listed = await listReferrers(client, subject, signal);
    if (listed.state === 'unknown') return failed(listed.problem);
    if (listed.state === 'present') return ok({ by: 'registry', digests: listed.digests });
    withoutList.add(client);
  }
  const tagged = await client.manifest(referrersTag(subject), signal);
  if (tagged.state === 'unknown') return failed(tagged.problem);
  if (tagged.state === 'absent') return ok({ by: 'tag', digests: [] });
  // Anybody who may push writes it: what is no descriptor hides no other, and none counts twice.
  const digests = [...new Set(referencesOf(tagged.value.bytes).children)];
  return ok({ by: 'tag', digests, index: tagged.value });
}
