import { problem } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { createPins } from '../../src/index.ts';
import {
  type Answers,
  answersWith,
  artifacts,
  checkedOnline,
  digest,
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

// A registry that does not answer is never a green check, and never the image's fault.

const PYPI_SILENT = { coordinate: 'pypi:sdk==0.1.0', state: 'unknown', proofs: [] } as const;
const OURS = artifacts(SDK, [RELEASE, '0.1.0'], { digest: RELEASE_BYTES });
const UNREAD = { ...NO_ANSWER, code: 'proofs-unread' };

const CASES: readonly (readonly [string, string, Answers, readonly string[]])[] = [
  [
    'the tag',
    `${SDK}:0.1.0`,
    { images: { [`${SDK}:0.1.0`]: { state: 'unknown', problem: NO_ANSWER } } },
    ['registry-no-answer'],
  ],
  [
    'the digest beside a tag',
    `${SDK}:0.1.0@${RELEASE_BYTES}`,
    { images: { [`${SDK}@${RELEASE_BYTES}`]: { state: 'unknown', problem: NO_ANSWER } } },
    ['registry-no-answer'],
  ],
  [
    'another artifact of the commit',
    `${SDK}:0.1.0`,
    { releases: { [RELEASE]: release(RELEASE, [...OURS, PYPI_SILENT], [NO_ANSWER]) } },
    ['registry-no-answer'],
  ],
  [
    'the image itself, as an artifact of the commit',
    `${SDK}:0.1.0`,
    {
      releases: {
        [RELEASE]: release(RELEASE, artifacts(SDK, ['0.1.0'], { state: 'unknown' }), [NO_ANSWER]),
      },
    },
    ['registry-no-answer'],
  ],
  [
    'one name of the image, while another one is there',
    `${SDK}:0.1.0`,
    {
      releases: {
        [RELEASE]: release(
          RELEASE,
          [
            ...artifacts(SDK, ['0.1.0'], { state: 'unknown' }),
            ...artifacts(SDK, [RELEASE], { digest: RELEASE_BYTES }),
          ],
          [NO_ANSWER],
        ),
      },
    },
    ['registry-no-answer'],
  ],
  [
    'whoever publishes the image at that commit',
    `${SDK}:0.1.0`,
    { releases: { [RELEASE]: release(RELEASE, [], [NO_ANSWER]) } },
    ['registry-no-answer'],
  ],
  [
    'where the proofs are',
    `${SDK}:0.1.0`,
    {
      releases: {
        [RELEASE]: release(
          RELEASE,
          artifacts(SDK, ['0.1.0'], { proofs: [proof('signature', 'unknown', UNREAD)] }),
        ),
      },
    },
    ['proofs-unread'],
  ],
];

describe('nobody answered', () => {
  test.each(CASES)('%s', async (_, image, answers, codes) => {
    const registry = standInRegistry(answersWith(answers));
    const problems = await problemsOnline(pod([image]), registry);
    expect(problems.map(({ code }) => code)).toEqual(codes);
    expect(problems.map(({ kind }) => kind)).toEqual(codes.map(() => 'incomplete'));
  });

  test('is said once, in however many places the image is', async () => {
    const answers = { images: { [`${SDK}:0.1.0`]: { state: 'unknown', problem: NO_ANSWER } } };
    const registry = standInRegistry(answersWith(answers as Answers));
    const image = `${SDK}:0.1.0`;
    expect(await checkedOnline(pod([image, image]), registry)).toEqual(['registry-no-answer']);
  });

  test('without a reason it is a finding all the same', async () => {
    const answers = { releases: { [RELEASE]: release(RELEASE, [...OURS, PYPI_SILENT]) } };
    const registry = standInRegistry(answersWith(answers));
    expect(await checkedOnline(pod([`${SDK}:0.1.0`]), registry)).toEqual([
      'deploy-release-incomplete 7:14 spec.containers[0].image',
    ]);
    const unproven = artifacts(SDK, ['0.1.0'], { proofs: [proof('signature', 'unknown')] });
    const without = standInRegistry(
      answersWith({ releases: { [RELEASE]: release(RELEASE, unproven) } }),
    );
    expect(await checkedOnline(pod([`${SDK}:0.1.0`]), without)).toEqual([
      'deploy-image-not-proven 7:14 spec.containers[0].image',
    ]);
  });

  test('about one image says nothing about another: that one is judged', async () => {
    const registry = standInRegistry(
      answersWith({
        images: { [`${WWW}:0.1.0`]: { state: 'unknown', problem: NO_ANSWER } },
      }),
    );
    expect(await checkedOnline(pod([`${WWW}:0.1.0`, `${SDK}:0.9.0`]), registry)).toEqual([
      'registry-no-answer',
      'deploy-image-absent 9:14 spec.containers[1].image',
    ]);
  });

  test.each([
    [
      'the image',
      artifacts(SDK, ['0.1.0'], { state: 'unknown' }),
      [NO_ANSWER],
      ['registry-no-answer'],
    ],
    ['anything', [], [NO_ANSWER], ['registry-no-answer']],
    [
      'the proofs',
      artifacts(SDK, ['0.1.0'], {
        digest: digest('a'),
        proofs: [proof('signature', 'unknown', UNREAD)],
      }),
      [],
      ['proofs-unread'],
    ],
  ])('nothing is pinned if nobody answered about %s', async (_, own, problems, codes) => {
    const registry = standInRegistry({
      releases: { [RELEASE]: release(RELEASE, own, problems) },
    });
    const created = await createPins([{ name: SDK, sha: RELEASE }], {
      policy: POLICY,
      environment: 'production',
      registry,
    });
    expect(created.pins).toEqual([]);
    expect(created.problems.map(({ code, kind }) => `${code} ${kind}`)).toEqual(
      codes.map((code) => `${code} incomplete`),
    );
  });

  test('one that a registry refuses keeps its own kind', async () => {
    const refused = problem({ code: 'unauthorized', kind: 'authentication', message: 'No.' });
    const registry = standInRegistry(
      answersWith({ images: { [`${SDK}:0.1.0`]: { state: 'unknown', problem: refused } } }),
    );
    expect(await problemsOnline(pod([`${SDK}:0.1.0`]), registry)).toEqual([refused]);
  });
});
