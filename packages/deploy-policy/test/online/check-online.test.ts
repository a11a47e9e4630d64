import { InvalidInputError } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { checkOnline, RULES } from '../../src/index.ts';
import {
  type Answers,
  answersWith,
  artifacts,
  checkedOnline,
  DEV,
  DEV_BYTES,
  digest,
  found,
  NO_ANSWER,
  POLICY,
  pod,
  problemsOnline,
  proof,
  RELEASE,
  RELEASE_BYTES,
  release,
  SDK,
  standInRegistry,
  WWW,
} from './stand-in-registry.ts';

interface Case {
  readonly title: string;
  readonly image: string;
  readonly annotations?: string;
  readonly environment?: string;
  readonly answers?: Answers;
  /** The codes, with where: line 7 is the image, which begins in column 14. */
  readonly problems: readonly string[];
}

const AT = '7:14 spec.containers[0].image';
const OTHER = digest('c');
const released = (more: Parameters<typeof artifacts>[2]): Answers => ({
  releases: {
    [RELEASE]: release(
      RELEASE,
      artifacts(SDK, [RELEASE, '0.1.0'], { digest: RELEASE_BYTES, ...more }),
    ),
  },
});
const MISSING = proof('signature', 'missing');

const CASES: readonly Case[] = [
  { title: 'a release', image: `${SDK}:0.1.0`, environment: 'production', problems: [] },
  {
    title: 'a release with its annotation',
    image: `${SDK}:0.1.0`,
    annotations: `{ameide.io/image-sha: "${RELEASE}"}`,
    problems: [],
  },
  { title: "a release's commit", image: `${SDK}:${RELEASE}`, problems: [] },
  { title: 'a dev build', image: `${SDK}:${DEV}`, problems: [] },
  {
    title: 'no such tag',
    image: `${SDK}:0.9.0`,
    problems: [`deploy-image-absent ${AT}`],
  },
  {
    title: 'no such digest',
    image: `${SDK}@${OTHER}`,
    problems: [`deploy-image-absent ${AT}`],
  },
  {
    title: 'a tag that is there, with a digest that is not',
    image: `${SDK}:0.1.0@${OTHER}`,
    problems: [`deploy-image-absent ${AT}`],
  },
  {
    title: 'a digest that is there, with a tag that is not',
    image: `${SDK}:0.9.0@${RELEASE_BYTES}`,
    problems: [`deploy-image-absent ${AT}`],
  },
  {
    title: 'an image that the release does not publish',
    image: `${WWW}:0.1.0`,
    answers: { images: { [`${WWW}:0.1.0`]: { state: 'unknown-image' } } },
    problems: [`deploy-image-unknown ${AT}`],
  },
  {
    title: 'no label for the commit',
    image: `${SDK}:0.1.0`,
    answers: { images: { [`${SDK}:0.1.0`]: { state: 'found', digest: RELEASE_BYTES } } },
    problems: [`deploy-image-no-commit ${AT}`],
  },
  {
    title: 'a label with a commit that this clone does not have',
    image: `${SDK}:0.1.0`,
    answers: { releases: { [RELEASE]: { state: 'unknown-commit' } } },
    problems: [`deploy-commit-unknown ${AT}`],
  },
  {
    title: 'the tag of one commit, the label of another',
    image: `${SDK}:${DEV}`,
    answers: { images: { [`${SDK}:${DEV}`]: found(RELEASE, RELEASE_BYTES) } },
    problems: [`deploy-image-other-commit ${AT}`],
  },
  {
    title: 'an annotation of another commit than the label',
    image: `${SDK}:0.1.0`,
    annotations: `{ameide.io/image-sha: "${DEV}"}`,
    problems: [`deploy-annotation-differs ${AT}`],
  },
  {
    title: 'tag, annotation and label of three commits',
    image: `${SDK}:${DEV}`,
    annotations: `{ameide.io/image-sha: "${'3'.repeat(40)}"}`,
    answers: { images: { [`${SDK}:${DEV}`]: found(RELEASE, RELEASE_BYTES) } },
    problems: [`deploy-image-other-commit ${AT}`, `deploy-annotation-differs ${AT}`],
  },
  {
    title: 'a version that its commit does not publish',
    image: `${SDK}:0.2.0`,
    answers: { images: { [`${SDK}:0.2.0`]: found(RELEASE, RELEASE_BYTES) } },
    problems: [`deploy-image-other-commit ${AT}`],
  },
  {
    title: 'tag and digest of two images',
    image: `${SDK}:0.1.0@${DEV_BYTES}`,
    problems: [`deploy-digest-differs ${AT}`],
  },
  {
    title: 'a tag that moves beside a digest of another image',
    image: `${SDK}:dev@${RELEASE_BYTES}`,
    problems: [`deploy-digest-differs ${AT}`],
  },
  {
    title: 'a tag that moves where nothing else may run',
    image: `${SDK}:dev`,
    environment: 'moving',
    problems: [],
  },
  {
    title: 'bytes that the commit publishes under a name that only begins alike',
    image: `${SDK}:dev`,
    answers: {
      releases: { [DEV]: release(DEV, artifacts(`${SDK}-extra`, [DEV], { digest: DEV_BYTES })) },
    },
    problems: [`deploy-image-other-commit ${AT}`],
  },
  { title: 'tag and digest of one', image: `${SDK}:0.1.0@${RELEASE_BYTES}`, problems: [] },
  { title: 'dev', image: `${SDK}:dev`, environment: 'development', problems: [] },
  { title: 'latest', image: `${SDK}:latest`, problems: [] },
  { title: 'X.Y', image: `${SDK}:0.1`, problems: [] },
  {
    title: 'dev, with bytes that its commit does not have',
    image: `${SDK}:dev`,
    answers: { images: { [`${SDK}:dev`]: found(DEV, OTHER) } },
    problems: [`deploy-image-other-commit ${AT}`],
  },
  {
    title: 'latest, with bytes that its commit does not have',
    image: `${SDK}:latest`,
    answers: { images: { [`${SDK}:latest`]: found(RELEASE, OTHER) } },
    problems: [`deploy-image-other-commit ${AT}`],
  },
  {
    title: 'X.Y, with bytes that its commit does not have',
    image: `${SDK}:0.1`,
    answers: { images: { [`${SDK}:0.1`]: found(RELEASE, DEV_BYTES) } },
    problems: [`deploy-image-other-commit ${AT}`],
  },
  {
    title: 'a digest alone whose label names a commit that does not have it',
    image: `${SDK}@${OTHER}`,
    answers: { images: { [`${SDK}@${OTHER}`]: found(RELEASE, OTHER) } },
    problems: [`deploy-image-other-commit ${AT}`],
  },
  {
    title: 'a proof that is missing',
    image: `${SDK}:0.1.0`,
    answers: released({ proofs: [MISSING] }),
    problems: [`deploy-image-not-proven ${AT}`],
  },
  {
    title: 'a proof that is wrong, beside one that holds',
    image: `${SDK}:dev`,
    answers: {
      releases: {
        [DEV]: release(
          DEV,
          artifacts(SDK, [DEV], {
            digest: DEV_BYTES,
            proofs: [proof('signature', 'proven'), proof('provenance', 'wrong')],
          }),
        ),
      },
    },
    problems: [`deploy-image-not-proven ${AT}`],
  },
  {
    title: 'proofs that nobody asks for',
    image: `${SDK}:0.1.0`,
    environment: 'unproven',
    answers: released({
      proofs: [MISSING, proof('provenance', 'unknown', NO_ANSWER), proof('sbom', 'wrong')],
    }),
    problems: [],
  },
  {
    title: 'an artifact that is missing from the commit',
    image: `${SDK}:0.1.0`,
    answers: {
      releases: {
        [RELEASE]: release(RELEASE, [
          ...artifacts(SDK, ['0.1.0'], { digest: RELEASE_BYTES }),
          { coordinate: 'npm:@acme/sdk@0.1.0', state: 'missing', proofs: [] },
        ]),
      },
    },
    problems: [`deploy-release-incomplete ${AT}`],
  },
  {
    title: "an artifact of the commit's names that is another commit's",
    image: `${SDK}:0.1.0`,
    answers: {
      releases: {
        [RELEASE]: release(RELEASE, [
          ...artifacts(SDK, ['0.1.0'], { digest: RELEASE_BYTES }),
          { coordinate: 'pypi:sdk==0.1.0', state: 'wrong', proofs: [] },
        ]),
      },
    },
    problems: [`deploy-release-incomplete ${AT}`],
  },
];

describe('what the registries say against what a manifest says', () => {
  test.each(CASES)(
    '$title',
    async ({ annotations, answers = {}, environment, image, problems }) => {
      const registry = standInRegistry(answersWith(answers));
      expect(await checkedOnline(pod([image], annotations), registry, environment)).toEqual(
        problems,
      );
    },
  );

  test('every online rule has a case, a sentence and the kind that decides the exit code', async () => {
    const codes = new Set<string>();
    for (const { annotations, answers = {}, environment, image } of CASES) {
      const registry = standInRegistry(answersWith(answers));
      for (const one of await problemsOnline(pod([image], annotations), registry, environment)) {
        codes.add(one.code);
        expect(one).toMatchObject({ kind: 'policy', path: 'pod.yaml' });
        expect(one.hint).toMatch(/\.$/);
      }
    }
    expect(Object.keys(RULES)).toEqual(expect.arrayContaining([...codes]));
    expect([...codes].toSorted()).toEqual([
      'deploy-annotation-differs',
      'deploy-commit-unknown',
      'deploy-digest-differs',
      'deploy-image-absent',
      'deploy-image-no-commit',
      'deploy-image-not-proven',
      'deploy-image-other-commit',
      'deploy-image-unknown',
      'deploy-release-incomplete',
    ]);
  });

  test('the hint and the message name what was compared', async () => {
    const registry = standInRegistry(answersWith({}));
    const [first] = await problemsOnline(pod([`${SDK}:0.1.0@${DEV_BYTES}`]), registry);
    expect(first?.message).toBe(
      `The tag 0.1.0 of ${SDK} names ${RELEASE_BYTES}, but the manifest runs ${DEV_BYTES}.`,
    );
  });

  test('an environment that the policy does not have is a wrong call', async () => {
    const registry = standInRegistry({});
    await expect(
      checkOnline([], { policy: POLICY, environment: 'prod', registry }),
    ).rejects.toBeInstanceOf(InvalidInputError);
  });
});
