import { sha256Hex } from '@ameide/publisher-kit';
import type { Asked } from '@ameide/publisher-kit/github';
import type { FileFinding } from '@ameide/versioning-core';
import type { ApiAsset, GithubClient } from './api/client.ts';

/** A file that a release should have. Without a digest, its bytes are not compared. */
export interface ExpectedAsset {
  readonly name: string;
  readonly digest?: string;
}

/** The state of one file in a release. */
export interface ComparedAsset {
  readonly name: string;
  /**
   * - `missing`; `unfinished`: its upload was interrupted.
   * - `there`: a file of this name, whose bytes were not compared.
   */
  readonly state: 'missing' | 'unfinished' | 'same' | 'other' | 'there';
  readonly asset?: ApiAsset;
  /** `sha256:<hex>` of what is there, where it is known. */
  readonly digest?: string;
}

/**
 * Compares the assets of a release with the files that it should have. If GitHub does not report
 * a digest, as older Enterprise Servers do not, downloads the file.
 */
export async function compareAssets(
  client: GithubClient,
  assets: readonly ApiAsset[],
  expected: readonly ExpectedAsset[],
): Promise<Asked<readonly ComparedAsset[]>> {
  const compared: ComparedAsset[] = [];
  for (const file of expected) {
    const one = await compareOne(client, assets, file);
    if (one.failure !== undefined) return one;
    compared.push(one.value);
  }
  return { value: compared };
}

async function compareOne(
  client: GithubClient,
  assets: readonly ApiAsset[],
  { name, digest: wanted }: ExpectedAsset,
): Promise<Asked<ComparedAsset>> {
  const asset = assets.find((one) => one.name === name);
  if (asset === undefined) return { value: { name, state: 'missing' } };
  if (asset.state !== 'uploaded') return { value: { name, state: 'unfinished', asset } };
  if (wanted === undefined) {
    const known = asset.digest === null ? {} : { digest: asset.digest };
    return { value: { name, state: 'there', asset, ...known } };
  }
  const digest = await digestOf(client, asset);
  if (digest.failure !== undefined) return digest;
  const state = digest.value === wanted ? 'same' : 'other';
  return { value: { name, state, asset, digest: digest.value } };
}

/** Reads the digests of the named files of a release; undefined if one is missing or incomplete. */
export async function readDigests(
  client: GithubClient,
  assets: readonly ApiAsset[],
  names: readonly string[],
): Promise<Asked<readonly { readonly name: string; readonly digest: string }[] | undefined>> {
  const read: { readonly name: string; readonly digest: string }[] = [];
  for (const name of names) {
    const asset = assets.find((one) => one.name === name && one.state === 'uploaded');
    if (asset === undefined) return { value: undefined };
    const digest = await digestOf(client, asset);
    if (digest.failure !== undefined) return digest;
    read.push({ name, digest: digest.value });
  }
  return { value: read };
}

async function digestOf(client: GithubClient, asset: ApiAsset): Promise<Asked<string>> {
  if (asset.digest !== null) return { value: asset.digest };
  const bytes = await client.download(asset.id);
  return bytes.failure === undefined ? { value: `sha256:${sha256Hex(bytes.value)}` } : bytes;
}

/** Makes the findings of a release's files. */
export function fileFindings(compared: readonly ComparedAsset[]): readonly FileFinding[] {
  return compared.map(({ digest, name, state }) => ({
    name,
    state: STATES[state],
    ...(digest === undefined ? {} : { digest }),
  }));
}

const STATES = {
  missing: 'absent',
  unfinished: 'absent',
  same: 'identical',
  other: 'conflict',
  there: 'same-source',
} as const;
