import {
  type Coordinate,
  classifyFinding,
  type Finding,
  InvalidInputError,
  isOciDigest,
  isOurs,
  parseOciTag,
  type Step,
  type Subject,
} from '@ameide/versioning-core';
import { checkVersion, type ImageName, parseImageName } from './image-name.ts';
import type { GhcrBuilt, GhcrPlan } from './plan.ts';
import { tagConflict } from './problems.ts';
import type { RegistryClient } from './registry/client.ts';
import { type ExistingImage, readImage } from './registry/existing-image.ts';
import { differingImages, readCommitTags } from './tags.ts';

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

/** Reports the state of a plan's tags, or of one coordinate, whose repository `client` reads. */
export async function inspectImage(
  subject: Subject<GhcrPlan, GhcrBuilt>,
  step: Step,
  client: RegistryClient,
): Promise<readonly Finding[]> {
  if ('coordinate' in subject) {
    const { coordinate } = subject;
    checkVersion(coordinate.version);
    const image = await readImage(client, coordinate.version, step.signal);
    const found = classifyImage(coordinate, image);
    const isMoving =
      !isOciDigest(coordinate.version) && parseOciTag(coordinate.version) === undefined;
    return [isMoving && image.state === 'present' ? { ...found, resolved: image.digest } : found];
  }
  const { plan, built } = subject;
  const tags = await readCommitTags(client, plan, step.signal);
  const differing = differingImages(tags, plan);
  return tags.planned.map(({ coordinate, image }) => {
    const found = classifyImage(coordinate, image, plan.sha, built?.manifest.digest);
    return differing !== undefined && isOurs(found.state)
      ? { ...found, state: 'conflict', problem: differing }
      : found;
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
