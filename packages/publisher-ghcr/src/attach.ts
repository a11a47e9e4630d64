import { createPace, type Pace } from '@ameide/publisher-kit';
import {
  type AttachedFile,
  type Attachment,
  type Problem,
  problem,
  type Step,
} from '@ameide/versioning-core';
import { CREATED, EMPTY, OCI_MANIFEST, TITLE } from './image/media-types.ts';
import { pushImages } from './image/push-images.ts';
import { type StoredBlob, storeBlob } from './image/store.ts';
import type { GhcrPlan } from './plan.ts';
import type { PublishPorts } from './publish.ts';
import type { Manifest, RegistryClient } from './registry/client.ts';
import { nameReferrer } from './registry/name-referrer.ts';
import { readReferrers } from './registry/named-referrers.ts';
import { uploadBlobs } from './registry/upload.ts';

/**
 * Attaches each file to the image of the plan's commit, as an artifact whose `subject` is the image
 * (OCI image-spec, manifest.md, "Guidelines for Artifact Usage"). The channels of one commit share one
 * image, so an image can have several release records.
 */
export async function attachFiles(
  client: RegistryClient,
  plan: GhcrPlan,
  files: readonly AttachedFile[],
  step: Step,
  ports: Pick<PublishPorts, 'sleep'>,
): Promise<readonly Attachment[]> {
  const { signal } = step;
  const pace = createPace(signal, { sleep: ports.sleep });
  const image = await client.manifest(plan.sha, signal);
  if (image.state !== 'present') {
    const found = image.state === 'unknown' ? image.problem : noImage(plan);
    return files.map(({ name }) => ({ name, outcome: 'blocked', problem: found }));
  }
  const attached: Attachment[] = [];
  // One after the other: without the referrers API, one tag names all of them.
  for (const file of files) {
    const artifact = await storeArtifact(file, image.value, plan, step.workspace);
    attached.push(await attach(client, file, { artifact, subject: image.value.digest }, pace));
  }
  return attached;
}

interface Artifact {
  readonly manifest: StoredBlob;
  readonly blobs: readonly StoredBlob[];
}

async function storeArtifact(
  { content, mediaType, name }: AttachedFile,
  image: Manifest,
  { created }: GhcrPlan,
  workspace: string,
): Promise<Artifact> {
  const config = await storeBlob(workspace, EMPTY, Buffer.from('{}'));
  const file = await storeBlob(workspace, mediaType, content);
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: mediaType,
    config: descriptorOf(config),
    layers: [{ ...descriptorOf(file), annotations: { [TITLE]: name } }],
    subject: { mediaType: image.mediaType, digest: image.digest, size: image.bytes.length },
    annotations: { [CREATED]: created },
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  return { manifest: await storeBlob(workspace, OCI_MANIFEST, bytes), blobs: [config, file] };
}

function descriptorOf({ digest, mediaType, size }: StoredBlob): object {
  return { mediaType, digest, size };
}

interface Attaching {
  readonly artifact: Artifact;
  readonly subject: string;
}

async function attach(
  client: RegistryClient,
  { mediaType, name }: AttachedFile,
  { artifact: { blobs, manifest }, subject }: Attaching,
  pace: Pace,
): Promise<Attachment> {
  const { digest } = manifest;
  const before = await readReferrers(client, subject, pace.signal);
  if (before.problems !== undefined)
    return { name, outcome: 'blocked', problem: before.problems[0] };
  if (before.value.digests.includes(digest)) return { name, outcome: 'already-there', digest };
  const failed =
    (await uploadBlobs(client, blobs, pace)) ??
    (await pushImages(client, [manifest], pace)) ??
    (await nameReferrer(client, subject, { manifest, artifactType: mediaType }, pace));
  return failed === undefined
    ? { name, outcome: 'attached', digest }
    : { name, outcome: 'blocked', problem: failed };
}

function noImage({ image, sha }: GhcrPlan): Problem {
  const coordinate = `oci:${image}:${sha}`;
  return problem({
    code: 'ghcr-nothing-to-attach-to',
    kind: 'incomplete',
    message: `Could not attach a file to ${coordinate}: the registry does not have this image.`,
    hint: 'Publish the image first, then run the same command again.',
    coordinate,
  });
}
