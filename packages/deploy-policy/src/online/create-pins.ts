import type { Problem } from '@ameide/versioning-core';
import { allowedTags, asProblem, type Where } from '../check/rules.ts';
import type { Pin } from '../pin/wanted.ts';
import { type DeployPolicy, environmentOf } from '../policy/policy.ts';
import { IMMUTABLE_KINDS, tagKind } from '../policy/tag-kind.ts';
import type { FoundRelease, ImageRegistry, ReleaseArtifact } from './image-registry.ts';
import { isUnanswered, proofRule, releaseRules } from './online-rules.ts';

/** What to pin an image to. */
export interface PinTarget {
  readonly name: string;
  /** The commit. */
  readonly sha: string;
  /** This tag and no other. Default: `<sha>` where the environment allows it, else the commit's version. */
  readonly tag?: string;
  /** Chosen before other tags if it is one of the commit's, never moves, and the environment allows it. */
  readonly formerTag?: string;
  /** What must run: a tag that names other bytes is not chosen (`deploy-digest-differs`). */
  readonly digest?: string;
}

export interface CreatedPins {
  /** In the order of the targets: without problems, one for each. */
  readonly pins: readonly Pin[];
  /** If there is any, nothing may be pinned. */
  readonly problems: readonly Problem[];
}

/**
 * Asks the registries what the images of commits are called, and that everything from these commits is
 * published and proven. Throws `InvalidInputError` if the policy has no such environment.
 */
export async function createPins(
  targets: readonly PinTarget[],
  {
    environment,
    policy,
    registry,
  }: {
    readonly policy: DeployPolicy;
    readonly environment: string;
    readonly registry: ImageRegistry;
  },
): Promise<CreatedPins> {
  const where: Where = { ...environmentOf(policy, environment), name: environment };
  const shas = [...new Set(targets.map(({ sha }) => sha))];
  const asked = await Promise.all(
    shas.map(async (sha) => [sha, await registry.readRelease(sha)] as const),
  );
  const answers = new Map(asked);
  const pins: Pin[] = [];
  const problems = asked.flatMap(([sha, answer]) =>
    answer.state === 'found'
      ? releaseRules(answer.release).map((one) => asProblem(one))
      : [unknownCommit(sha)],
  );
  for (const target of targets) {
    const answer = answers.get(target.sha);
    if (answer?.state !== 'found') continue;
    const chosen = choosePin(target, answer.release, where);
    if (chosen.pin !== undefined) pins.push(chosen.pin);
    problems.push(...chosen.problems);
  }
  return { pins, problems };
}

interface Chosen {
  readonly pin?: Pin;
  readonly problems: readonly Problem[];
}

function choosePin(target: PinTarget, release: FoundRelease, where: Where): Chosen {
  const { formerTag, name, sha, tag } = target;
  const published = release.artifacts.filter(
    ({ coordinate, state }) => coordinate.startsWith(`oci:${name}:`) && state === 'published',
  );
  const own = published.filter(
    ({ digest }) => target.digest === undefined || digest === target.digest,
  );
  if (own.length === 0 && published.length > 0)
    return { problems: isUnanswered(name, release) ? [] : [otherBytes(target, published)] };
  const tags = own.map(tagOf);
  if (own.length === 0 || (tag !== undefined && !tags.includes(tag))) {
    const image = tag === undefined ? name : `${name}:${tag}`;
    return { problems: isUnanswered(name, release) ? [] : [noImage(image, sha)] };
  }
  // Where only digests may run, the tag only leads to one.
  const isAllowed = (one: string): boolean =>
    where.tags.length === 0 || where.tags.includes(tagKind(one) ?? 'latest');
  const inOrder = IMMUTABLE_KINDS.flatMap((kind) => tags.filter((one) => tagKind(one) === kind));
  const former = inOrder.filter((one) => one === formerTag);
  const wanted = tag === undefined ? [...former, ...inOrder] : [tag];
  const chosen = wanted.find(isAllowed);
  const artifact = own.find((one) => tagOf(one) === chosen);
  if (chosen === undefined || artifact === undefined)
    return { problems: [notAllowed(target, tags, where)] };
  const unproven = proofRule(`${name}:${chosen}`, [artifact], where);
  if (unproven.length > 0) return { problems: unproven.map((one) => asProblem(one)) };
  const { digest } = artifact;
  const pin = { name, tag: chosen, sha, ...(digest === undefined ? {} : { digest }) };
  return { pin, problems: [] };
}

function otherBytes(
  { digest, name, sha }: PinTarget,
  published: readonly ReleaseArtifact[],
): Problem {
  const present = new Set(published.map((one) => one.digest ?? 'no known digest'));
  return asProblem({
    code: 'deploy-digest-differs',
    message: `The tags of ${name} for commit ${sha} name ${[...present].join(', ')}, not ${digest}.`,
    hint: 'Find out who pushed this image again. To run it all the same: ameide-release deploy pin --sha.',
  });
}

function notAllowed(
  { digest, name, sha, tag }: PinTarget,
  tags: readonly string[],
  where: Where,
): Problem {
  return asProblem({
    code: 'deploy-tag-not-allowed',
    message:
      tag === undefined
        ? `${name} has only the tags ${tags.join(', ')} for commit ${sha}${digest === undefined ? '' : ` with ${digest}`}, which are not allowed in ${where.name}.`
        : `The tag ${tag} of ${name} is not allowed in ${where.name}.`,
    hint: `Allowed there: ${allowedTags(where)}.`,
  });
}

function noImage(image: string, sha: string): Problem {
  return asProblem({
    code: 'deploy-image-absent',
    message: `Commit ${sha} has no image ${image} on its registry.`,
    hint: 'Publish it: ameide-release publish. If it is published by another definition, leave it out with --only.',
  });
}

function tagOf({ coordinate }: ReleaseArtifact): string {
  return coordinate.slice(coordinate.lastIndexOf(':') + 1);
}

function unknownCommit(sha: string): Problem {
  return asProblem({
    code: 'deploy-commit-unknown',
    message: `This clone does not have the commit ${sha}, or nothing can be published from it.`,
    hint: 'Fetch all branches and tags, or name another commit.',
  });
}
