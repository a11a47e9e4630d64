import type { ImageAnswer, ImageRegistry } from '@ameide/deploy-policy';
import { parseSha, type Relation } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { createImageCommits } from '../../src/consume/image-commits.ts';

const RELEASE = parseSha('a'.repeat(40));
const NEWER = 'b'.repeat(40);
const NAME = 'ghcr.io/acme/app';
const DIGEST = `sha256:${'1'.repeat(64)}`;

function imageCommits(answer: ImageAnswer) {
  const asked: string[] = [];
  const registry: ImageRegistry = {
    readImage: async ({ digest = '' }) => {
      asked.push(digest);
      return answer;
    },
    readRelease: async () => ({ state: 'unknown-commit' }),
  };
  const relation = async (a: string): Promise<Relation> => (a === NEWER ? 'descendant' : 'unknown');
  const commits = createImageCommits(RELEASE, { history: () => ({ relation }) }, async (use) =>
    use(registry),
  );
  return { asked, commits };
}

test('a commit is compared, and a digest asked for once', async () => {
  const found = { state: 'found', digest: DIGEST, sha: NEWER } as const;
  const { asked, commits } = imageCommits(found);
  expect(await commits({ name: NAME, tag: NEWER })).toBe('descendant');
  expect(await commits({ name: NAME, tag: 'c'.repeat(40) })).toBe('unknown');
  expect(asked).toEqual([]);
  expect(await commits({ name: NAME, digest: DIGEST })).toBe('descendant');
  expect(await commits({ name: NAME, tag: 'dev', digest: DIGEST })).toBe('descendant');
  expect(asked).toEqual([DIGEST]);
});

test('a tag that says a version, or that moves, needs no commit', async () => {
  const { asked, commits } = imageCommits({ state: 'absent' });
  for (const tag of ['0.1.0', '0.1.0-rc.1', '0.1'])
    expect(await commits({ name: NAME, tag, digest: DIGEST })).toBeUndefined();
  for (const tag of ['dev', 'latest']) expect(await commits({ name: NAME, tag })).toBeUndefined();
  expect(asked).toEqual([]);
});

test.each<ImageAnswer>([
  { state: 'absent' },
  { state: 'unknown-image' },
  { state: 'found', digest: DIGEST },
])('an image that names no commit is not known: %j', async (answer) => {
  expect(await imageCommits(answer).commits({ name: NAME, digest: DIGEST })).toBe('unknown');
});
