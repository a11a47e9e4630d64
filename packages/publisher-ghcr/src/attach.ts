import { createPace, type Pace } from '@ameide/publisher-kit';
import type { AttachedFile, Attachment, Step } from '@ameide/versioning-core';
import { type Artifact, pushArtifact, storeArtifact } from './image/attach-artifact.ts';
import { CREATED, TITLE } from './image/media-types.ts';
import type { GhcrPlan } from './plan.ts';
import { nothingToAttachTo } from './problems.ts';
import type { PublishPorts } from './publish.ts';
import type { RegistryClient } from './registry/client.ts';
import { nameReferrers } from './registry/name-referrer.ts';
import { readReferrers } from './registry/named-referrers.ts';

/**
 * Attaches each file to the image of the plan's commit. The channels of one commit share one
 * image, so an image can have several release records. `isNew`: this run has set a tag of the image, so
 * it has no record of this release, and the registry is not asked for one.
 */
export async function attachFiles(
  client: RegistryClient,
  plan: GhcrPlan,
  files: readonly AttachedFile[],
  step: Step,
  { isNew, sleep }: Pick<PublishPorts, 'sleep'> & { readonly isNew: boolean },
): Promise<readonly Attachment[]> {
  const { signal } = step;
  const pace = createPace(signal, { sleep });
  const image = await client.manifest(plan.sha, signal, 'recent');
  if (image.state !== 'present') {
    const found =
      image.state === 'unknown' ? image.problem : nothingToAttachTo(plan, 'attach a file to');
    return files.map(({ name }) => ({ name, outcome: 'blocked', problem: found }));
  }
  const attached: Attachment[] = [];
  // One after the other: without the referrers API, one tag names all of them.
  for (const file of files) {
    const { content, mediaType, name } = file;
    const annotations = { [CREATED]: plan.created };
    const attachable = { mediaType, content, annotations, fileAnnotations: { [TITLE]: name } };
    const artifact = await storeArtifact(attachable, image.value, step.workspace);
    const work = { artifact, subject: image.value.digest, isNew };
    attached.push(await attach(client, file, work, pace));
  }
  return attached;
}

interface Work {
  readonly artifact: Artifact;
  /** The digest of the image. */
  readonly subject: string;
  readonly isNew: boolean;
}

async function attach(
  client: RegistryClient,
  file: AttachedFile,
  { artifact, isNew, subject }: Work,
  pace: Pace,
): Promise<Attachment> {
  const { name } = file;
  const { digest } = artifact.manifest;
  if (!isNew) {
    const before = await readReferrers(client, subject, pace.signal);
    if (before.problems !== undefined)
      return { name, outcome: 'blocked', problem: before.problems[0] };
    if (before.value.digests.includes(digest)) return { name, outcome: 'already-there', digest };
  }
  const unpushed = await pushArtifact(client, artifact, pace);
  const named = unpushed ?? (await nameReferrers(client, subject, [artifact], pace));
  const problem = 'code' in named ? named : named.problems?.[0];
  return problem === undefined
    ? { name, outcome: 'attached', digest }
    : { name, outcome: 'blocked', problem };
}
