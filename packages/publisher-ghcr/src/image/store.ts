import { createHash } from 'node:crypto';
import { link, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex } from '@ameide/publisher-kit';
import { OCI_INDEX } from './media-types.ts';

/** A manifest, config or layer as a file of the workspace. */
export interface StoredBlob {
  readonly mediaType: string;
  /** `sha256:<hex>`. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** Absolute. */
  readonly path: string;
  /** What a manifest says of the blob beside its type, digest and size. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Returns `sha256:<hex>` of bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${sha256Hex(bytes)}`;
}

const READ_BYTES = 1 << 20;

/**
 * Returns `sha256:<hex>` of a file of any size. Reads through one buffer: a stream would allocate a new one
 * for each 64 KiB.
 */
export async function digestOfFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const memory = new Uint8Array(READ_BYTES);
  const file = await open(path);
  try {
    for (let length = -1; length !== 0; ) {
      signal.throwIfAborted();
      length = (await file.read(memory, 0, READ_BYTES, null)).bytesRead;
      hash.update(memory.subarray(0, length));
    }
  } finally {
    await file.close();
  }
  return `sha256:${hash.digest('hex')}`;
}

/** Returns the path of a blob in an OCI image layout. */
export function blobPath(workspace: string, digest: string): string {
  return join(workspace, 'blobs', 'sha256', digest.slice('sha256:'.length));
}

/** Writes a blob into the workspace's OCI image layout. */
export async function storeBlob(
  workspace: string,
  mediaType: string,
  bytes: Uint8Array,
): Promise<StoredBlob> {
  const digest = digestOf(bytes);
  const path = blobPath(workspace, digest);
  await mkdir(join(workspace, 'blobs', 'sha256'), { recursive: true });
  await writeFile(path, bytes);
  return { mediaType, digest, size: bytes.length, path };
}

/** Moves a file into the workspace's OCI image layout, under its digest. */
export async function storeFile(workspace: string, blob: StoredBlob): Promise<StoredBlob> {
  const path = blobPath(workspace, blob.digest);
  await mkdir(join(workspace, 'blobs', 'sha256'), { recursive: true });
  // Link it instead of renaming it: an image may use the same file for two of its layers.
  await rm(path, { force: true });
  await link(blob.path, path);
  return { ...blob, path };
}

/**
 * Completes the layout (OCI image-spec, image-layout.md), so that crane, skopeo and others can read
 * the image.
 */
export async function completeLayout(workspace: string, manifest: StoredBlob): Promise<void> {
  const { mediaType, digest, size } = manifest;
  await writeFile(join(workspace, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}\n');
  await writeFile(
    join(workspace, 'index.json'),
    `${JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [{ mediaType, digest, size }] })}\n`,
  );
}
