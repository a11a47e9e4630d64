import { formatImageReference } from '@ameide/source-files/image';
import type { Problem } from '@ameide/versioning-core';
import { asProblem, type Broken, type Location, type Where } from '../check/rules.ts';
import type { FoundImage } from '../check/run.ts';
import { type DeployPolicy, environmentOf } from '../policy/policy.ts';
import type { ImageRegistry } from './image-registry.ts';
import { commitRules, digestRule, imageRules, releaseRules } from './online-rules.ts';
import { resolveImages } from './resolve.ts';

/**
 * Asks the registries about images that `checkManifests` has found: that each is there, is of the commit
 * that its tag and its annotation say, has its proofs, and that its commit is published as a whole.
 */
export async function checkOnline(
  images: readonly FoundImage[],
  {
    environment,
    policy,
    registry,
  }: {
    readonly policy: DeployPolicy;
    readonly environment: string;
    readonly registry: ImageRegistry;
  },
): Promise<readonly Problem[]> {
  const where: Where = { ...environmentOf(policy, environment), name: environment };
  const resolved = await resolveImages(
    images.map(({ reference }) => reference),
    registry,
  );
  const answers = new Map(resolved.map((one) => [formatImageReference(one.reference), one]));
  const told = new Set<string>();
  const found = images.flatMap((image) => {
    const { answer, byDigest, release } = answers.get(formatImageReference(image.reference)) ?? {};
    // What names nothing that can be asked for is a finding already.
    if (answer === undefined) return [];
    if (answer.state === 'unknown') return [answer.problem];
    if (byDigest?.state === 'unknown') return [byDigest.problem];
    const broken: readonly (Broken | Problem)[] = [
      ...imageRules(image, answer),
      ...digestRule(image, answer, byDigest),
      ...(answer.state === 'found' ? commitRules(image, answer, release, where) : []),
      // Once for each commit: it is not this image's fault.
      ...(release?.state === 'found' && isNew(told, release.release.sha)
        ? releaseRules(release.release)
        : []),
    ];
    return broken.map((one) => asProblem(one, placeOf(image)));
  });
  // What a registry did not say of an image is said once, in however many places the image is.
  return [...new Set(found)];
}

function isNew(told: Set<string>, sha: string): boolean {
  return !told.has(sha) && told.add(sha) !== undefined;
}

function placeOf({ column, field, line, path }: FoundImage): Location {
  return { path, line, column, ...(field === '' ? {} : { field }) };
}
