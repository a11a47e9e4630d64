import { type Problem, problem } from '@ameide/versioning-core';
import {
  type ArtifactProof,
  checkManifests,
  checkOnline,
  createPolicy,
  type DeployOptions,
  formatImageReference,
  type ImageAnswer,
  type ImageRegistry,
  type ReleaseAnswer,
  type ReleaseArtifact,
} from '../../src/index.ts';

/** A stand-in for the registries: its answers are data, and it keeps what it was asked. As the port asks, a tag comes before a digest. */
export interface StandInRegistry extends ImageRegistry {
  /** What was asked, in order: images by their text, commits by their SHA. */
  readonly asked: readonly string[];
  /** The most questions that waited for an answer at one time. */
  readonly atOnce: () => number;
}

export interface Answers {
  /** By name and tag, or by name and digest. What is not here is absent. */
  readonly images?: Readonly<Record<string, ImageAnswer>>;
  /** By SHA. What is not here is an unknown commit. */
  readonly releases?: Readonly<Record<string, ReleaseAnswer>>;
}

export function standInRegistry({ images = {}, releases = {} }: Answers): StandInRegistry {
  const asked: string[] = [];
  let waiting = 0;
  let most = 0;
  async function answer<T>(question: string, value: T): Promise<T> {
    asked.push(question);
    waiting += 1;
    most = Math.max(most, waiting);
    await Promise.resolve();
    waiting -= 1;
    return value;
  }
  return {
    asked,
    atOnce: () => most,
    readImage: async ({ digest: bytes, name, tag }) => {
      const by = tag === undefined ? bytes && { digest: bytes } : { tag };
      const text = formatImageReference({ name, ...by });
      return answer(text, images[text] ?? { state: 'absent' });
    },
    readRelease: async (sha) => answer(sha, releases[sha] ?? { state: 'unknown-commit' }),
  };
}

export const SDK = 'ghcr.io/acme/sdk';
export const WWW = 'ghcr.io/acme/www';
/** Two commits: the release 0.1.0, and a dev build after it. */
export const RELEASE = '1'.repeat(40);
export const DEV = '2'.repeat(40);
export const digest = (of: string): string => `sha256:${of.repeat(64)}`;
/** The bytes of the release's image, and of the dev build's. */
export const RELEASE_BYTES = digest('a');
export const DEV_BYTES = digest('b');

/** `tags`: those that the commit's release has; all name the same bytes. */
export function artifacts(
  name: string,
  tags: readonly string[],
  more: Partial<ReleaseArtifact> = {},
): readonly ReleaseArtifact[] {
  return tags.map((tag) => ({
    coordinate: `oci:${name}:${tag}`,
    state: 'published',
    proofs: [],
    ...more,
  }));
}

export function release(
  sha: string,
  found: readonly ReleaseArtifact[],
  problems: readonly Problem[] = [],
): ReleaseAnswer {
  const version = sha === RELEASE ? '0.1.0' : '0.1.1-dev.20251114090500';
  const datetime = '2025-11-13T15:32:11Z';
  return { state: 'found', release: { sha, version, datetime, artifacts: found, problems } };
}

export const found = (sha: string, bytes: string): ImageAnswer => ({
  state: 'found',
  digest: bytes,
  sha,
});

export const NO_ANSWER = problem({
  code: 'registry-no-answer',
  kind: 'incomplete',
  message: 'The registry did not answer.',
});

export const proof = (
  kind: ArtifactProof['kind'],
  state: ArtifactProof['state'],
  reason?: Problem,
): ArtifactProof => ({ kind, state, ...(reason === undefined ? {} : { problem: reason }) });

/** Everything as it should be: a release, and a dev build after it. */
export const GOOD: Required<Answers> = {
  images: {
    [`${SDK}:0.1.0`]: found(RELEASE, RELEASE_BYTES),
    [`${SDK}:0.1`]: found(RELEASE, RELEASE_BYTES),
    [`${SDK}:latest`]: found(RELEASE, RELEASE_BYTES),
    [`${SDK}:${RELEASE}`]: found(RELEASE, RELEASE_BYTES),
    [`${SDK}@${RELEASE_BYTES}`]: found(RELEASE, RELEASE_BYTES),
    [`${SDK}:dev`]: found(DEV, DEV_BYTES),
    [`${SDK}:${DEV}`]: found(DEV, DEV_BYTES),
    [`${SDK}@${DEV_BYTES}`]: found(DEV, DEV_BYTES),
  },
  releases: {
    [RELEASE]: release(RELEASE, artifacts(SDK, [RELEASE, '0.1.0'], { digest: RELEASE_BYTES })),
    [DEV]: release(DEV, artifacts(SDK, [DEV], { digest: DEV_BYTES })),
  },
};

export function answersWith({ images, releases }: Answers): Required<Answers> {
  return {
    images: { ...GOOD.images, ...images },
    releases: { ...GOOD.releases, ...releases },
  };
}

const OPTIONS: DeployOptions = {
  images: ['ghcr.io/acme/*'],
  environments: {
    unproven: { tags: ['release', 'commit', 'dev', 'line', 'latest'], proof: 'optional' },
    anything: { tags: ['release', 'candidate', 'commit', 'dev', 'line', 'latest'] },
    moving: { tags: ['dev'] },
    digests: { tags: [] },
  },
};
export const POLICY = createPolicy(OPTIONS);

/** A pod with these images; each is in a line of its own, the first in line 7. */
export function pod(images: readonly string[], annotations = '{}'): string {
  const containers = images.map((image, at) => `    - name: c${at}\n      image: ${image}\n`);
  return `kind: Pod\nmetadata:\n  annotations: ${annotations}\nspec:\n  containers:\n${containers.join('')}`;
}

/** Checks a text online alone: `deploy-image-absent 7:14 spec.containers[0].image` for each problem. */
export async function checkedOnline(
  text: string,
  registry: ImageRegistry,
  environment = 'anything',
): Promise<readonly string[]> {
  const problems = await problemsOnline(text, registry, environment);
  return problems.map(({ code, column, field, line }) =>
    [code, ...(line === undefined ? [] : [`${line}:${column}`, field])].join(' '),
  );
}

export async function problemsOnline(
  text: string,
  registry: ImageRegistry,
  environment = 'anything',
): Promise<readonly Problem[]> {
  const where = { policy: POLICY, environment };
  const { images } = checkManifests([{ path: 'pod.yaml', text }], where);
  return checkOnline(images, { ...where, registry });
}
