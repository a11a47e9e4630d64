import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { filePieces, sha256Hex } from '@ameide/publisher-kit';
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

/** Returns `sha256:<hex>` of a file of any size. */
export async function digestOfFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of filePieces(path, { signal })) hash.update(piece);
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
  await putAtOnce(path, async (temporary) => writeFile(temporary, bytes));
  return { mediaType, digest, size: bytes.length, path };
}

/** Moves a file into the workspace's OCI image layout, under its digest. */
export async function storeFile(workspace: string, blob: StoredBlob): Promise<StoredBlob> {
  const path = blobPath(workspace, blob.digest);
  // Link it instead of renaming it: an image may use the same file for two of its layers.
  await putAtOnce(path, async (temporary) => link(blob.path, temporary));
  return { ...blob, path };
}

/**
 * Puts a whole file in its place in one rename. Two artifacts may store the same blob, and one of them
 * upload it, at the same time.
 */
async function putAtOnce(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await make(temporary);
    await rename(temporary, path);
  } finally {
    // rename(2) leaves it where both names are links to the same file.
    await rm(temporary, { force: true });
  }
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
