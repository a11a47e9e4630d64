import {
  type Coordinate,
  classifyFinding,
  type Finding,
  InvalidInputError,
  isOciDigest,
  isOurs,
  type PlanSubject,
  parseOciTag,
  type Step,
} from '@ameide/versioning-core';
import { VERSION } from './image/media-types.ts';
import { checkVersion, type ImageName, parseImageName } from './image-name.ts';
import type { GhcrBuilt, GhcrPlan } from './plan.ts';
import { tagConflict } from './problems.ts';
import type { RegistryClient } from './registry/client.ts';
import { type ExistingImage, readImage } from './registry/existing-image.ts';
import { type CommitTags, differingImages, isOtherVersion } from './tags.ts';

/** Returns the image of a coordinate on this host. Throws `InvalidInputError` for anything else. */
export function imageOn(host: string, { ecosystem, name }: Coordinate): ImageName {
  const image = ecosystem === 'oci' ? parseImageName(name, 'coordinate') : undefined;
  if (image?.host === host) return image;
  throw new InvalidInputError({
    field: 'coordinate',
    received: `${ecosystem}:${name}`,
    expected: `an image on ${host}`,
  });
}

/** Reports the state of one coordinate, whose repository `client` reads. */
export async function inspectCoordinate(
  coordinate: Coordinate,
  step: Step,
  client: RegistryClient,
): Promise<readonly Finding[]> {
  checkVersion(coordinate.version);
  const image = await readImage(client, coordinate.version, step.signal);
  const found = classifyImage(coordinate, image);
  const isMoving =
    !isOciDigest(coordinate.version) && parseOciTag(coordinate.version) === undefined;
  return [isMoving && image.state === 'present' ? { ...found, resolved: image.digest } : found];
}

/** Makes a finding from what the registry has under each tag of a plan. Pure. */
export function classifyTags(
  { built, plan }: PlanSubject<GhcrPlan, GhcrBuilt>,
  tags: CommitTags,
): readonly Finding[] {
  const differing = differingImages(tags, plan);
  return tags.planned.map(({ coordinate, image }) => {
    const found = classifyImage(coordinate, image, plan.sha, built?.manifest.digest);
    if (differing !== undefined && isOurs(found.state))
      return { ...found, state: 'conflict', problem: differing };
    const version = image.state === 'present' ? image.version : undefined;
    const isOther =
      built !== undefined &&
      found.state === 'same-source' &&
      version !== (built.builtAs ?? plan.labels[VERSION]) &&
      isOtherVersion(version, plan);
    return isOther ? { ...found, builtAs: version } : found;
  });
}

/**
 * Makes a finding from what the registry has under a tag or digest. `sha` is our commit; without
 * it, any image that names its commit is `same-source`. Pure.
 */
export function classifyImage(
  coordinate: Coordinate,
  image: ExistingImage,
  sha?: string,
  builtDigest?: string,
): Finding {
  if (image.state === 'absent') return { coordinate, state: 'absent' };
  if (image.state === 'unknown') return { coordinate, state: 'unknown', problem: image.problem };
  const { digest, revision } = image;
  const named = revision === undefined ? {} : { sha: revision };
  const state = classifyFinding({ digests: [digest], sha: revision }, { digest: builtDigest, sha });
  const found = { coordinate, state, digest, ...named };
  return state === 'conflict'
    ? { ...found, problem: tagConflict(coordinate, revision, sha) }
    : found;
}
