import { isDigest } from '../image-name.ts';
import { INDEXES, OCI_INDEX, OCI_MANIFEST } from './media-types.ts';
import { type Platform, parsePlatform } from './platform.ts';

/** The parts of a manifest that tell where an image came from. */
export type ImageManifest =
  | { readonly kind: 'image'; readonly annotations: Labels; readonly config: string | undefined }
  | { readonly kind: 'index'; readonly annotations: Labels; readonly child: string | undefined };

export type Labels = Readonly<Record<string, string>>;

/**
 * True if the bytes are a manifest of any kind, also one that we do not read: each has a
 * `schemaVersion` (image-spec, manifest.md; Docker's schema 1). A login page has none.
 */
export function isManifest(bytes: Uint8Array): boolean {
  return typeof record(parseJson(bytes))?.['schemaVersion'] === 'number';
}

/**
 * Returns the media type of a manifest. Its own field comes first, because a registry compares that
 * with the pushed type, and a proxy may serve everything as `application/json`. Next comes the
 * registry's. OCI manifests may omit theirs.
 */
export function mediaTypeOf(bytes: Uint8Array, contentType: string | null): string {
  const root = record(parseJson(bytes));
  const own = root?.['mediaType'];
  if (typeof own === 'string') return own;
  const served = contentType?.split(';')[0]?.trim() ?? '';
  if (served.startsWith('application/vnd.')) return served;
  return Array.isArray(root?.['manifests']) ? OCI_INDEX : OCI_MANIFEST;
}

/**
 * Reads an OCI or Docker manifest or index; undefined if it is neither (schema 1, not JSON).
 * Ignores digests that are not SHA-256.
 */
export function parseManifest(bytes: Uint8Array): ImageManifest | undefined {
  const root = record(parseJson(bytes));
  if (root === undefined) return undefined;
  const annotations = strings(root['annotations']);
  if (Array.isArray(root['manifests']))
    return { kind: 'index', annotations, child: firstImage(root['manifests']) };
  const config = record(root['config'])?.['digest'];
  if (config === undefined) return undefined;
  return { kind: 'image', annotations, config: isDigest(config) ? config : undefined };
}

/** How a manifest or an index names a blob (OCI image-spec, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Returns what an index names (its images), or what an image's manifest names (its config, then its
 * layers), in their order; undefined if it is neither, or a descriptor is not whole.
 */
export function namedBlobs(bytes: Uint8Array): readonly Descriptor[] | undefined {
  const root = record(parseJson(bytes));
  if (root === undefined) return undefined;
  const { config, layers, manifests } = root;
  const named: unknown = Array.isArray(manifests)
    ? manifests
    : Array.isArray(layers) && [config, ...(layers as readonly unknown[])];
  return Array.isArray(named) && named.every(isDescriptor) ? named : undefined;
}

/**
 * Returns the images that an index names, in its order, without the attestations that buildx adds as
 * manifests of the platform unknown/unknown; undefined if it is none.
 */
export function imagesOfIndex(bytes: Uint8Array): readonly Descriptor[] | undefined {
  const isIndex = Array.isArray(record(parseJson(bytes))?.['manifests']);
  return isIndex ? namedBlobs(bytes)?.filter((named) => !isAttestation(named)) : undefined;
}

/** What a manifest says about other manifests. */
export interface ManifestReferences {
  /** The digests of the manifests in an index, attestations too. */
  readonly children: readonly string[];
  /** The digests among `children` that are indexes themselves. */
  readonly indexes: readonly string[];
  /** The digest of what it is attached to (image-spec, manifest.md, `subject`). */
  readonly subject?: string;
}

/** Returns the other manifests that a manifest of any kind names. */
export function referencesOf(bytes: Uint8Array): ManifestReferences {
  const root = record(parseJson(bytes));
  const entries = Array.isArray(root?.['manifests']) ? root['manifests'].map(record) : [];
  const digestsOf = (of: readonly (Record<string, unknown> | undefined)[]): readonly string[] =>
    of.map((entry) => entry?.['digest']).filter(isDigest);
  const subject = record(root?.['subject'])?.['digest'];
  return {
    children: digestsOf(entries),
    indexes: digestsOf(entries.filter((entry) => INDEXES.has(entry?.['mediaType']))),
    ...(isDigest(subject) ? { subject } : {}),
  };
}

function isAttestation(entry: unknown): boolean {
  return record(record(entry)?.['platform'])?.['os'] === 'unknown';
}

export function isDescriptor(value: unknown): value is Descriptor {
  const { digest, mediaType, size } = record(value) ?? {};
  return (
    isDigest(digest) &&
    typeof mediaType === 'string' &&
    typeof size === 'number' &&
    Number.isSafeInteger(size) &&
    size >= 0
  );
}

/** Returns the labels of an image config (OCI image-spec, config.md): `config.Labels`. */
export function parseConfigLabels(bytes: Uint8Array): Labels {
  return strings(record(record(parseJson(bytes))?.['config'])?.['Labels']);
}

/** What an image config says of its image. */
export interface ConfigFacts {
  readonly labels: Labels;
  readonly platform: Platform | undefined;
}

export function parseConfig(bytes: Uint8Array): ConfigFacts {
  const { architecture, os, variant } = strings(parseJson(bytes));
  const parts = [os, architecture, variant].filter((part) => part !== undefined && part !== '');
  const isKnown = os !== undefined && architecture !== undefined;
  return {
    labels: parseConfigLabels(bytes),
    platform: isKnown ? parsePlatform(parts.join('/')) : undefined,
  };
}

function firstImage(manifests: readonly unknown[]): string | undefined {
  for (const entry of manifests) {
    const digest = record(entry)?.['digest'];
    if (!isAttestation(entry) && isDigest(digest)) return digest;
  }
  return undefined;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function strings(value: unknown): Labels {
  const entries = Object.entries(record(value) ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}
