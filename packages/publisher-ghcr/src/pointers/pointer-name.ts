import { createRunAnswers } from '@ameide/publisher-kit';
import {
  findMovingName,
  type MovingName,
  type Pointer,
  type Problem,
  parseOciTag,
} from '@ameide/versioning-core';
import type { GhcrPlan } from '../plan.ts';
import type { Read, RegistryClient } from '../registry/client.ts';
import type { PresentImage } from '../registry/existing-image.ts';

/** What a moving tag names. */
export interface PointerName {
  /**
   * The name for people: the version, or the commit where the tag follows history; else the digest.
   */
  readonly name: string;
  /** The version of the image. Not read where the tag follows history. */
  readonly version?: string;
  /** Set if the version could not be read. */
  readonly problem?: Problem;
}

/**
 * Whether the tag of a version names an image. Such a tag never moves, so a run that has seen it name an
 * image does not ask again.
 */
const released = createRunAnswers();

/** Returns how the plan's policy moves a tag. */
export function movingTagOf({ movingTags }: GhcrPlan, { pointer }: Pointer): MovingName {
  return findMovingName(movingTags, pointer) ?? { name: pointer, pattern: pointer, rule: 'stable' };
}

/**
 * Returns the name of an image under a pointer. A commit has one image, whatever it is published as,
 * and its label is that of a dev build, `0.1.0-dev.…`. So the version is read from the tags: the
 * release's, which names the same digest, or else the candidates' where the pointer follows them.
 */
export async function readName(
  client: RegistryClient,
  { rule }: MovingName,
  image: PresentImage,
  signal: AbortSignal,
): Promise<PointerName> {
  if (rule === 'ancestry') return { name: image.revision ?? image.digest };
  const { version } = image;
  if (version === undefined) return { name: image.digest };
  const core = /^(\d+\.\d+\.\d+)[-+]/.exec(version)?.[1];
  if (core === undefined) return { name: version, version };
  const question = `${client.url(`manifests/${core}`)} ${image.digest}`;
  const isReleased = await released.get(
    signal,
    question,
    async () => isNamedBy(client, core, image.digest, signal),
    (answer) => answer === true,
  );
  if (typeof isReleased === 'object') return { name: version, problem: isReleased };
  if (isReleased) return { name: core, version: core };
  if (rule !== 'forwards') return { name: version, version };
  const candidate = await readCandidate(client, core, image.digest, signal);
  if (candidate.state === 'unknown') return { name: version, problem: candidate.problem };
  const named = candidate.state === 'present' ? candidate.value : version;
  return { name: named, version: named };
}

async function isNamedBy(
  client: RegistryClient,
  tag: string,
  digest: string,
  signal: AbortSignal,
): Promise<boolean | Problem> {
  const read = await client.manifest(tag, signal, 'recent');
  if (read.state === 'unknown') return read.problem;
  return read.state === 'present' && read.value.digest === digest;
}

/** Returns the highest candidate of a version whose tag names this image. */
async function readCandidate(
  client: RegistryClient,
  core: string,
  digest: string,
  signal: AbortSignal,
): Promise<Read<string>> {
  const tags = await client.tags(signal);
  if (tags.state !== 'present') return tags;
  const candidates = tags.value.filter(
    (tag) => tag.startsWith(`${core}-`) && parseOciTag(tag) !== undefined,
  );
  // The highest number first.
  const order = new Intl.Collator('en', { numeric: true });
  for (const tag of candidates.toSorted((a, b) => order.compare(b, a))) {
    const read = await client.manifest(tag, signal);
    if (read.state === 'unknown') return read;
    if (read.state === 'present' && read.value.digest === digest)
      return { state: 'present', value: tag };
  }
  return { state: 'absent' };
}
