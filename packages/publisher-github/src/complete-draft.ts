import type { Pace } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import type { ApiRelease, GithubClient, Upload } from './api/client.ts';
import { type ComparedAsset, compareAssets } from './compare-assets.ts';
import { type Done, remove, uploadAsset } from './draft-writes.ts';

/** A file that a draft should have. */
export type WantedAsset = Upload & { readonly digest: string };

/** The result of completing a draft. */
export interface Completed {
  /** The names of the files that were uploaded. */
  readonly uploaded: readonly string[];
}

/**
 * Uploads the files that a draft lacks, and replaces those with other bytes or an interrupted upload.
 * Before it deletes a file, it reads again whether the release is still a draft.
 */
export async function completeDraft(
  client: GithubClient,
  draft: ApiRelease,
  wanted: readonly WantedAsset[],
  pace: Pace,
): Promise<Done<Completed>> {
  const compared = await compareAssets(client, draft.assets, wanted);
  if (compared.failure !== undefined) return { problem: compared.failure.problem };
  const uploaded: string[] = [];
  for (const [index, file] of wanted.entries()) {
    const found = compared.value[index];
    if (found === undefined || found.state === 'same') continue;
    const problem = await replace(client, draft.id, { file, found }, pace);
    if (problem !== undefined) return { problem };
    uploaded.push(file.name);
  }
  return { value: { uploaded } };
}

interface Replacement {
  readonly file: WantedAsset;
  readonly found: ComparedAsset;
}

async function replace(
  client: GithubClient,
  release: number,
  { file, found }: Replacement,
  pace: Pace,
): Promise<Problem | undefined> {
  const { asset } = found;
  if (asset !== undefined) {
    const now = await client.release(release);
    if (now.failure !== undefined) return now.failure.problem;
    // Another run has published it meanwhile, or deleted it: the next read shows which.
    if (now.value?.draft === true) {
      const removed = await remove(
        async () => client.deleteAsset(asset.id),
        async () => findAsset(client, release, asset.id),
        pace,
      );
      if (removed.problem !== undefined) return removed.problem;
    }
  }
  return (await uploadAsset(client, release, file, pace)).problem;
}

async function findAsset(
  client: GithubClient,
  release: number,
  id: number,
): ReturnType<GithubClient['release']> {
  const found = await client.release(release);
  if (found.failure !== undefined) return found;
  return {
    value: found.value?.assets.some((one) => one.id === id) === true ? found.value : undefined,
  };
}
