import type { Pace } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import type { Manifest, RegistryClient } from '../registry/client.ts';
import type { Referrer } from '../registry/name-referrer.ts';
import { uploadBlobs } from '../registry/upload.ts';
import { EMPTY, OCI_MANIFEST } from './media-types.ts';
import { pushImages } from './push-images.ts';
import { type StoredBlob, storeBlob } from './store.ts';

/** One file, to be attached to a manifest. */
export interface Attachable {
  readonly mediaType: string;
  readonly content: Uint8Array;
  /** Of the file. */
  readonly fileAnnotations?: Readonly<Record<string, string>>;
  /** Of the artifact. */
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Artifact extends Referrer {
  readonly blobs: readonly StoredBlob[];
}

/**
 * Makes an artifact whose `subject` is the image (OCI image-spec, manifest.md, "Guidelines for Artifact
 * Usage"). The same file gives the same artifact.
 */
export async function storeArtifact(
  { annotations, content, fileAnnotations, mediaType }: Attachable,
  image: Manifest,
  workspace: string,
): Promise<Artifact> {
  const config = await storeBlob(workspace, EMPTY, Buffer.from('{}'));
  const file = await storeBlob(workspace, mediaType, content);
  const named = fileAnnotations === undefined ? {} : { annotations: fileAnnotations };
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: mediaType,
    config: descriptorOf(config),
    layers: [{ ...descriptorOf(file), ...named }],
    subject: { mediaType: image.mediaType, digest: image.digest, size: image.bytes.length },
    annotations,
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  return {
    manifest: await storeBlob(workspace, OCI_MANIFEST, bytes),
    blobs: [config, file],
    artifactType: mediaType,
  };
}

function descriptorOf({ digest, mediaType, size }: StoredBlob): object {
  return { mediaType, digest, size };
}

/** Pushes an artifact, which is not yet listed with its subject. Returns a problem. */
export async function pushArtifact(
  client: RegistryClient,
  { blobs, manifest }: Artifact,
  pace: Pace,
): Promise<Problem | undefined> {
  return (await uploadBlobs(client, blobs, pace)) ?? (await pushImages(client, [manifest], pace));
}
