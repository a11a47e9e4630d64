import {
  findMovingName,
  type MovingName,
  type Pointer,
  type Problem,
} from '@ameide/versioning-core';
import type { GhcrPlan } from '../plan.ts';
import type { RegistryClient } from '../registry/client.ts';
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

/** Returns how the plan's policy moves a tag. */
export function movingTagOf({ movingTags }: GhcrPlan, { pointer }: Pointer): MovingName {
  return findMovingName(movingTags, pointer) ?? { name: pointer, pattern: pointer, rule: 'stable' };
}

/**
 * Returns the name of an image under a pointer. If a commit was published as a dev build or a
 * candidate and is then released, it keeps its one image: the label says `0.1.0-dev.…`, and the tag
 * `0.1.0` names the same digest. So this reads that tag.
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
  const tagged = await client.manifest(core, signal);
  if (tagged.state === 'unknown') return { name: version, problem: tagged.problem };
  const released =
    tagged.state === 'present' && tagged.value.digest === image.digest ? core : version;
  return { name: released, version: released };
}
