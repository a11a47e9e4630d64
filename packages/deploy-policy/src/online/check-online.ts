import type { Problem } from '@ameide/versioning-core';
import type { FoundImage } from '../check/check.ts';
import { type Broken, finding, type Where } from '../check/rules.ts';
import { type DeployPolicy, environmentOf } from '../policy/policy.ts';
import { formatImageReference } from '../reference/image-reference.ts';
import type { ImageAnswer, ImageRegistry, ReleaseAnswer } from './image-registry.ts';
import { commitRules, digestRule, imageRules, releaseRules } from './online-rules.ts';

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
  const named = images.filter(({ reference: { digest, tag } }) => (digest ?? tag) !== undefined);
  const answers = await askAll(named, registry);
  const told = new Set<string>();
  return named.flatMap((image) => {
    const { answer, byDigest, release } = answers.get(keyOf(image)) ?? {};
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
    return broken.map((one) => ('kind' in one ? one : finding(one, placeOf(image))));
  });
}

interface Answers {
  readonly answer: ImageAnswer;
  /** If there are a tag and a digest: what is there under the digest. */
  readonly byDigest?: ImageAnswer;
  readonly release?: ReleaseAnswer;
}

/** Asks about each image and each commit once. */
async function askAll(
  images: readonly FoundImage[],
  registry: ImageRegistry,
): Promise<ReadonlyMap<string, Answers>> {
  const releases = new Map<string, Promise<ReleaseAnswer>>();
  const releaseOf = async (answer: ImageAnswer): Promise<ReleaseAnswer | undefined> => {
    if (answer.state !== 'found' || answer.sha === undefined) return undefined;
    const asked = releases.get(answer.sha) ?? registry.readRelease(answer.sha);
    releases.set(answer.sha, asked);
    return asked;
  };
  const distinct = new Map(images.map((image) => [keyOf(image), image.reference]));
  const asked = Array.from(distinct, async ([key, reference]) => {
    const { digest, name, tag } = reference;
    const [answer, byDigest] = await Promise.all([
      registry.readImage(reference),
      tag === undefined || digest === undefined ? undefined : registry.readImage({ name, digest }),
    ]);
    const release = await releaseOf(answer);
    return [
      key,
      {
        answer,
        ...(byDigest === undefined ? {} : { byDigest }),
        ...(release === undefined ? {} : { release }),
      },
    ] as const;
  });
  return new Map(await Promise.all(asked));
}

function keyOf({ reference }: FoundImage): string {
  return formatImageReference(reference);
}

function isNew(told: Set<string>, sha: string): boolean {
  return !told.has(sha) && told.add(sha) !== undefined;
}

function placeOf({ column, field, line, path }: FoundImage): Parameters<typeof finding>[1] {
  return { path, line, column, ...(field === '' ? {} : { field }) };
}
