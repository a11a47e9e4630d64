import { describe, expect, test } from 'vitest';
import {
  type EarlierImage,
  parseImageReference,
  type RollbackTargets,
  rollbackTargets,
} from '../../src/index.ts';
import {
  DEV,
  DEV_BYTES,
  digest,
  GOOD,
  NO_ANSWER,
  RELEASE,
  RELEASE_BYTES,
  SDK,
  standInRegistry,
  WWW,
} from '../online/stand-in-registry.ts';

const registry = () =>
  standInRegistry({
    images: {
      ...GOOD.images,
      [`${SDK}:3.0.0`]: { state: 'found', digest: RELEASE_BYTES },
      [`${SDK}:4.0.0`]: { state: 'unknown', problem: NO_ANSWER },
      [`${SDK}:5.0.0`]: { state: 'unknown-image' },
    },
  });

function image(text: string, sha?: string): EarlierImage {
  const reference = parseImageReference(text) ?? expect.unreachable(text);
  return { reference, ...(sha === undefined ? {} : { sha }) };
}

async function targets(
  images: readonly EarlierImage[],
  from = registry(),
): Promise<RollbackTargets> {
  return rollbackTargets({ commit: 'c1', images }, from);
}

describe('which commit ran before', () => {
  test.each([
    ['a version, as the registry says it', `${SDK}:0.1.0`, undefined, RELEASE],
    ['a version, against a wrong annotation', `${SDK}:0.1.0`, DEV, RELEASE],
    ['a digest', `${SDK}@${DEV_BYTES}`, undefined, DEV],
    ['a digest beside a tag of another image', `${SDK}:0.1.0@${DEV_BYTES}`, undefined, DEV],
    ['a digest beside a tag that moves', `${SDK}:dev@${RELEASE_BYTES}`, undefined, RELEASE],
    ['a version that is gone, as the annotation says it', `${SDK}:0.9.0`, DEV, DEV],
    ['a digest that is gone', `${SDK}@${digest('f')}`, DEV, DEV],
    ['a version without a label', `${SDK}:3.0.0`, RELEASE, RELEASE],
    ['an image that nobody publishes any more', `${SDK}:5.0.0`, RELEASE, RELEASE],
    ['dev, as the annotation says it', `${SDK}:dev`, RELEASE, RELEASE],
    ['X.Y, as the annotation says it', `${SDK}:0.1`, DEV, DEV],
  ])('%s', async (_, text, annotation, sha) => {
    expect(await targets([image(text, annotation)])).toEqual({
      targets: [{ name: SDK, sha }],
      problems: [],
    });
  });

  test('a commit is its tag, whatever its label says now: nobody is asked', async () => {
    const moved = standInRegistry({
      images: { [`${SDK}:${DEV}`]: { state: 'found', digest: RELEASE_BYTES, sha: RELEASE } },
    });
    expect(await targets([image(`${SDK}:${DEV}`)], moved)).toEqual({
      targets: [{ name: SDK, sha: DEV }],
      problems: [],
    });
    expect(moved.asked).toEqual([]);
  });

  test('a tag that moves is not asked for: it names what is there now', async () => {
    const asked = registry();
    await targets([image(`${SDK}:dev`, RELEASE), image(`${WWW}:latest`)], asked);
    expect(asked.asked).toEqual([]);
  });

  test.each([
    ['dev without an annotation', `${SDK}:dev`, undefined],
    ['dev with an annotation that is no commit', `${SDK}:dev`, '71e210b'],
    ['a version that is gone', `${SDK}:0.9.0`, undefined],
    ['a version without a label', `${SDK}:3.0.0`, undefined],
  ])('nobody knows it of %s', async (_, text, annotation) => {
    const { problems, targets: found } = await targets([image(text, annotation)]);
    expect(found).toEqual([]);
    expect(problems).toMatchObject([
      {
        code: 'deploy-rollback-unknown',
        kind: 'policy',
        message: expect.stringContaining(text) as string,
      },
    ]);
  });

  test('a registry that does not answer is not one that has nothing', async () => {
    expect(await targets([image(`${SDK}:4.0.0`, RELEASE)])).toEqual({
      targets: [],
      problems: [NO_ANSWER],
    });
  });

  test('several images of one name: somebody has to choose', async () => {
    const several = [image(`${SDK}:0.1.0`), image(`${WWW}:dev`, DEV), image(`${SDK}:0.9.0`)];
    const { problems, targets: found } = await targets(several);
    expect(found).toEqual([{ name: WWW, sha: DEV }]);
    expect(problems).toMatchObject([
      {
        code: 'deploy-rollback-several',
        kind: 'policy',
        message: `Several images ${SDK} ran before: ${SDK}:0.1.0, ${SDK}:0.9.0.`,
      },
    ]);
  });
});
