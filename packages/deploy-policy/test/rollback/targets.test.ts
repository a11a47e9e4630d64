import { describe, expect, test } from 'vitest';
import {
  type EarlierImage,
  type PinTarget,
  parseImageReference,
  type RollbackTargets,
  rollbackTargets,
} from '../../src/index.ts';
import {
  DEV,
  DEV_BYTES,
  digest,
  found,
  GOOD,
  NO_ANSWER,
  RELEASE,
  RELEASE_BYTES,
  release,
  SDK,
  standInRegistry,
  WWW,
} from '../online/stand-in-registry.ts';

const registry = () =>
  standInRegistry({
    ...GOOD,
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

/** The targets in one file. */
async function targets(
  images: readonly EarlierImage[],
  from = registry(),
  unchanged: readonly EarlierImage[] = [],
): Promise<{
  readonly targets: readonly PinTarget[];
  readonly problems: RollbackTargets['problems'];
}> {
  const earlier = { commit: 'c1', files: [{ path: 'pod.yaml', images, unchanged }] };
  const { files, problems } = await rollbackTargets(earlier, from);
  expect(files.map(({ path }) => path)).toEqual(['pod.yaml']);
  return { targets: files.flatMap((file) => file.targets), problems };
}

describe('which commit ran before', () => {
  test.each([
    ['a version, as the registry says it', `${SDK}:0.1.0`, undefined, RELEASE],
    ['a version, as its annotation says it as well', `${SDK}:0.1.0`, RELEASE, RELEASE],
    ['a digest', `${SDK}@${DEV_BYTES}`, undefined, DEV],
    ['a digest, against a wrong annotation', `${SDK}@${DEV_BYTES}`, RELEASE, DEV],
    ['a digest beside a tag of another image', `${SDK}:0.1.0@${DEV_BYTES}`, undefined, DEV],
    ['a digest beside a tag that moves', `${SDK}:dev@${RELEASE_BYTES}`, undefined, RELEASE],
    ['a version that is gone, as the annotation says it', `${SDK}:0.9.0`, DEV, DEV],
    ['a digest that is gone', `${SDK}@${digest('f')}`, DEV, DEV],
    ['a version without a label', `${SDK}:3.0.0`, RELEASE, RELEASE],
    ['an image that nobody publishes any more', `${SDK}:5.0.0`, RELEASE, RELEASE],
    ['dev, as the annotation says it', `${SDK}:dev`, RELEASE, RELEASE],
    ['X.Y, as the annotation says it', `${SDK}:0.1`, DEV, DEV],
  ])('%s', async (_, text, annotation, sha) => {
    const { problems, targets: found } = await targets([image(text, annotation)]);
    expect(problems).toEqual([]);
    expect(found).toMatchObject([{ name: SDK, sha }]);
  });

  test('a commit is its tag, whatever its label says now: nobody is asked', async () => {
    const moved = standInRegistry({
      images: { [`${SDK}:${DEV}`]: { state: 'found', digest: RELEASE_BYTES, sha: RELEASE } },
    });
    expect(await targets([image(`${SDK}:${DEV}`)], moved)).toEqual({
      targets: [{ name: SDK, sha: DEV, formerTag: DEV }],
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

  test('several commits of one name in a file: somebody has to choose', async () => {
    const several = [image(`${SDK}:0.1.0`), image(`${WWW}:dev`, DEV), image(`${SDK}:${DEV}`)];
    const { problems, targets: found } = await targets(several);
    expect(found).toEqual([{ name: WWW, sha: DEV }]);
    expect(problems).toMatchObject([
      {
        code: 'deploy-rollback-several',
        kind: 'policy',
        path: 'pod.yaml',
        message: `Images ${SDK} in this file would be from several commits: ${SDK}:0.1.0, ${SDK}:${DEV}.`,
      },
    ]);
  });

  test.each([
    ['another commit', `${SDK}:${DEV}`],
    ['nobody knows which', `${SDK}:dev`],
  ])('what does not change in the file is of %s: somebody has to choose', async (_, text) => {
    const { problems } = await targets([image(`${SDK}:0.1.0`)], registry(), [image(text)]);
    expect(problems.map(({ code }) => code)).toEqual(['deploy-rollback-several']);
  });

  test('what does not change in the file is of the same commit: its tag is kept', async () => {
    const unchanged = [image(`${SDK}:0.1.0`), image(`${WWW}:${DEV}`)];
    expect(await targets([image(`${SDK}:${RELEASE}`)], registry(), unchanged)).toEqual({
      targets: [{ name: SDK, sha: RELEASE, formerTag: '0.1.0' }],
      problems: [],
    });
  });

  test('each file has its own commits; each image is asked for once', async () => {
    const from = registry();
    const file = (path: string, ...texts: readonly string[]) => ({
      path,
      images: texts.map((text) => image(text)),
      unchanged: [],
    });
    const files = [
      file('a.yaml', `${SDK}:0.1.0`),
      file('b.yaml', `${SDK}:${DEV}`),
      file('c.yaml', `${SDK}:0.1.0`),
    ];
    const released = [{ name: SDK, sha: RELEASE, formerTag: '0.1.0' }];
    expect(await rollbackTargets({ commit: 'c1', files }, from)).toEqual({
      files: [
        { path: 'a.yaml', targets: released },
        { path: 'b.yaml', targets: [{ name: SDK, sha: DEV, formerTag: DEV }] },
        { path: 'c.yaml', targets: released },
      ],
      problems: [],
    });
    expect(from.asked).toEqual([`${SDK}:0.1.0`, RELEASE]);
  });

  test.each([
    ['a version', `${SDK}:0.1.0`, '0.1.0'],
    ['a commit', `${SDK}:${RELEASE}`, RELEASE],
    ['a version beside a digest', `${SDK}:0.1.0@${RELEASE_BYTES}`, '0.1.0'],
    ['a digest alone', `${SDK}@${RELEASE_BYTES}`, undefined],
    ['a tag that moves', `${SDK}:latest`, undefined],
  ])('the tag of %s is preferred', async (_, text, formerTag) => {
    const { targets: found } = await targets([image(text, RELEASE)]);
    expect(found.map((one) => [one.sha, one.formerTag])).toEqual([[RELEASE, formerTag]]);
  });

  test('a digest that ran has to run again', async () => {
    const { targets: found } = await targets([
      image(`${SDK}:0.1.0@${RELEASE_BYTES}`),
      image(`${SDK}:${RELEASE}`),
    ]);
    expect(found).toEqual([{ name: SDK, sha: RELEASE, formerTag: '0.1.0', digest: RELEASE_BYTES }]);
  });

  test('two digests of one commit: somebody has to choose', async () => {
    const other = `${SDK}@${digest('c')}`;
    const from = standInRegistry({
      images: { ...GOOD.images, [other]: found(RELEASE, digest('c')) },
    });
    const { problems } = await targets([image(`${SDK}@${RELEASE_BYTES}`)], from, [image(other)]);
    expect(problems).toMatchObject([{ code: 'deploy-rollback-several' }]);
    expect(problems[0]?.message).toContain('would be several builds of one commit: ');
  });
});

describe('a version that was moved since', () => {
  const moved = () =>
    standInRegistry({
      ...GOOD,
      images: { ...GOOD.images, [`${SDK}:0.1.0`]: found(DEV, DEV_BYTES) },
    });

  test.each([
    ['the annotation said another commit', RELEASE, 'deploy-annotation-differs'],
    ['the commit does not have it', undefined, 'deploy-image-other-commit'],
    ['the commit does not have it, whatever the annotation says', DEV, 'deploy-image-other-commit'],
  ])('%s', async (_, annotation, code) => {
    const { problems, targets: none } = await targets([image(`${SDK}:0.1.0`, annotation)], moved());
    expect(none).toEqual([]);
    expect(problems).toMatchObject([{ code, kind: 'policy' }]);
    expect(problems[0]?.message).toContain(`${SDK}:0.1.0`);
  });

  test('and does not change in the file: what changed is not pinned either', async () => {
    const version = [image(`${SDK}:0.1.0`)];
    const { problems } = await targets([image(`${SDK}:${DEV}`)], moved(), version);
    expect(problems.map(({ code }) => code)).toEqual(['deploy-image-other-commit']);
  });

  test('is said once, in however many files it was', async () => {
    const files = ['a.yaml', 'b.yaml'].map((path) => ({
      path,
      images: [image(`${SDK}:0.1.0`)],
      unchanged: [],
    }));
    const { problems } = await rollbackTargets({ commit: 'c1', files }, moved());
    expect(problems).toHaveLength(1);
  });

  test('a registry that does not say what the commit has does not say that it lacks the version', async () => {
    const from = standInRegistry({
      images: GOOD.images,
      releases: { [RELEASE]: release(RELEASE, [], [NO_ANSWER]) },
    });
    const { problems } = await targets([image(`${SDK}:0.1.0`)], from);
    expect(problems).toEqual([]);
  });
});
