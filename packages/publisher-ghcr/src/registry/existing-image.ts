import type { Problem } from '@ameide/versioning-core';
import { type Labels, parseConfigLabels, parseManifest } from '../image/manifest.ts';
import { REVISION, VERSION } from '../image/media-types.ts';
import type { Manifest, RegistryClient } from './client.ts';
import type { Freshness } from './recent-manifests.ts';

/** What a registry has under one tag or digest. */
export type ExistingImage =
  | PresentImage
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly problem: Problem };

export interface PresentImage {
  readonly state: 'present';
  readonly digest: string;
  readonly manifest: Manifest;
  /** `org.opencontainers.image.revision`, if it is a full commit id. */
  readonly revision?: string;
  /** `org.opencontainers.image.version`. */
  readonly version?: string;
}

const FULL_SHA = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Reads the manifest under a tag or digest, and the image's origin. `recent` also accepts what this run has
 * read recently.
 */
export async function readImage(
  client: RegistryClient,
  reference: string,
  signal: AbortSignal,
  freshness: Freshness = 'now',
): Promise<ExistingImage> {
  const read = await client.manifest(reference, signal, freshness);
  return read.state === 'present' ? describeManifest(client, read.value, signal) : read;
}

/**
 * Reads where an image came from: the manifest's annotations, then the config's labels for what is
 * missing (an image that Docker built has only labels). For an index: its own annotations, then its
 * first image.
 */
export async function describeManifest(
  client: RegistryClient,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<Exclude<ExistingImage, { state: 'absent' }>> {
  const labels = await labelsOf(client, manifest, signal);
  if (labels.problem !== undefined) return { state: 'unknown', problem: labels.problem };
  // Messages show labels, some shortened, and a secret in a shortened label would not be
  // recognised.
  const [revision, version] = [REVISION, VERSION].map((name) => shown(client, labels.value[name]));
  return {
    state: 'present',
    digest: manifest.digest,
    manifest,
    ...(revision !== undefined && FULL_SHA.test(revision) ? { revision } : {}),
    ...(version === undefined ? {} : { version }),
  };
}

function shown(client: RegistryClient, label: string | undefined): string | undefined {
  return label === undefined ? undefined : client.session.redact(label);
}

type Found = { readonly value: Labels; readonly problem?: never } | { readonly problem: Problem };

async function labelsOf(
  client: RegistryClient,
  manifest: Manifest,
  signal: AbortSignal,
  depth = 0,
): Promise<Found> {
  const parsed = parseManifest(manifest.bytes);
  if (parsed === undefined) return { value: {} };
  const { annotations } = parsed;
  if (annotations[REVISION] !== undefined && annotations[VERSION] !== undefined)
    return { value: annotations };
  const next = parsed.kind === 'index' ? parsed.child : parsed.config;
  // Reads an index of indexes only one level deep.
  if (next === undefined || depth > 1) return { value: annotations };
  const below =
    parsed.kind === 'index'
      ? await childLabels(client, next, signal, depth)
      : await configLabels(client, next, signal);
  return below.problem === undefined ? { value: { ...below.value, ...annotations } } : below;
}

async function childLabels(
  client: RegistryClient,
  digest: string,
  signal: AbortSignal,
  depth: number,
): Promise<Found> {
  const read = await client.manifest(digest, signal);
  if (read.state === 'unknown') return { problem: read.problem };
  return read.state === 'absent' ? { value: {} } : labelsOf(client, read.value, signal, depth + 1);
}

async function configLabels(
  client: RegistryClient,
  digest: string,
  signal: AbortSignal,
): Promise<Found> {
  const read = await client.config(digest, signal);
  if (read.state === 'unknown') return { problem: read.problem };
  return { value: read.state === 'absent' ? {} : parseConfigLabels(read.value) };
}
