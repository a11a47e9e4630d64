import { type Digest, parseDigest } from './digest.ts';
import { RegistryError } from './registry-error.ts';

const IMAGES: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]);
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const INDEXES: ReadonlySet<string> = new Set([
  OCI_INDEX,
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);

/**
 * Something that a manifest names and that the repository must have, with the size in bytes that
 * the manifest states.
 */
export interface Reference {
  readonly digest: Digest;
  readonly size: number;
}

/** What the registry needs to know about a manifest. It stores the bytes unchanged. */
export interface Manifest {
  readonly mediaType: string;
  readonly blobs: readonly Reference[];
  readonly manifests: readonly Reference[];
  readonly subject: Digest | undefined;
  /**
   * The type that the referrers API shows: for an image without an `artifactType` its config's
   * media type.
   */
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/**
 * Reads a manifest that was pushed with `contentType`. Throws `MANIFEST_INVALID` if it is not JSON
 * of schema version 2, has an unknown media type or another one than the header, or contains a
 * malformed descriptor.
 */
export function parseManifest(bytes: Uint8Array, contentType: string | undefined): Manifest {
  const json = parseObject(bytes);
  if (json['schemaVersion'] !== 2) throw invalid('schemaVersion must be 2');
  const mediaType = mediaTypeOf(json, contentType);
  const image = IMAGES.has(mediaType);
  if (!image && !INDEXES.has(mediaType))
    throw invalid(`${mediaType} is not a manifest's media type`);
  const config = image ? descriptor(json['config'], 'config') : undefined;
  return {
    mediaType,
    blobs: image
      ? [
          ...(config ? [config] : []),
          ...descriptors(json['layers'], 'layers').filter((layer) => !layer.elsewhere),
        ]
      : [],
    manifests: image ? [] : descriptors(json['manifests'], 'manifests'),
    subject:
      json['subject'] === undefined ? undefined : descriptor(json['subject'], 'subject').digest,
    artifactType: nonEmpty(json['artifactType']) ?? config?.mediaType,
    annotations: annotations(json['annotations']),
  };
}

function mediaTypeOf(json: Record<string, unknown>, contentType: string | undefined): string {
  // Parameters on the header are ignored (specification § Pushing Manifests).
  const said = contentType?.split(';')[0]?.trim().toLowerCase();
  const own = nonEmpty(json['mediaType']);
  if (said !== undefined && own !== undefined && said !== own)
    throw invalid(`Content-Type ${said} but mediaType ${own}`);
  const mediaType = own ?? said;
  if (mediaType === undefined)
    throw invalid('neither Content-Type nor mediaType says what this is');
  return mediaType;
}

interface Descriptor extends Reference {
  readonly mediaType: string;
  /**
   * True for a layer that is only at its `urls` and never in the registry (image specification,
   * layer.md § Non-Distributable Layers).
   */
  readonly elsewhere: boolean;
}

function descriptors(value: unknown, field: string): Descriptor[] {
  if (!Array.isArray(value)) throw invalid(`${field} must be a list`);
  return value.map((item, index) => descriptor(item, `${field}[${index}]`));
}

function descriptor(value: unknown, field: string): Descriptor {
  if (!isObject(value)) throw invalid(`${field} must be a descriptor`);
  const {
    mediaType,
    digest: text,
    size,
    urls,
  } = value as { mediaType?: unknown; digest?: unknown; size?: unknown; urls?: unknown };
  const digest = typeof text === 'string' ? parseDigest(text) : undefined;
  if (digest === undefined) throw invalid(`${field}.digest is not a digest`);
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw invalid(`${field}.size is not a number of bytes`);
  if (typeof mediaType !== 'string' || mediaType === '')
    throw invalid(`${field}.mediaType is missing`);
  return { mediaType, digest, size, elsewhere: Array.isArray(urls) && urls.length > 0 };
}

function annotations(value: unknown): Record<string, string> | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value) || !Object.values(value).every((item) => typeof item === 'string')) {
    throw invalid('annotations must be a map of strings');
  }
  return value as Record<string, string>;
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalid('the manifest is not JSON in UTF-8');
  }
  if (!isObject(value)) throw invalid('the manifest is not a JSON object');
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function invalid(message: string): RegistryError {
  return new RegistryError('MANIFEST_INVALID', message);
}
