import { expect, test } from 'vitest';
import { ask, type Files, WORKFLOW, workflow } from './ask.ts';

const COMMIT = 'a'.repeat(40);
const LABELLED = 'FROM scratch\nLABEL org.opencontainers.image.revision=$REVISION\n';

/** What `image-labels` says of an action that builds and pushes one image. */
async function labels(
  file: string,
  {
    action = 'docker',
    files = {},
    matrix = '',
  }: { action?: string; files?: Files; matrix?: string } = {},
): Promise<readonly string[]> {
  const found = await ask({
    [WORKFLOW]: workflow(
      `- uses: ${action}/build-push-action@${COMMIT}\n  with:\n    push: true\n    file: ${file}\n    tags: ghcr.io/acme/web`,
      { job: matrix === '' ? '' : `strategy:\n  matrix: ${matrix}` },
    ),
    'a/Dockerfile': LABELLED,
    'b/Dockerfile': 'FROM scratch\n',
    ...files,
  });
  return found.filter(({ rule }) => rule === 'image-labels').map(({ message }) => message);
}

const FILE = '${{ matrix.file }}';

test('each Dockerfile of a matrix is looked at', async () => {
  expect(await labels(FILE, { matrix: '{ file: [a/Dockerfile] }' })).toEqual([]);
  expect(await labels(FILE, { matrix: '{ file: [b/Dockerfile] }' })).toEqual([
    'The image is pushed without labels.',
  ]);
  const include = '{ include: [{ file: a/Dockerfile }, { file: b/Dockerfile }] }';
  expect(await labels(FILE, { matrix: include })).toEqual([
    'The image is pushed without labels (b/Dockerfile).',
  ]);
});

test('one that nobody knows may be one that labels its image, if there is any', async () => {
  const matrix = '{ file: "${{ fromJSON(inputs.files) }}" }';
  expect(await labels(FILE, { matrix })).toEqual([]);
  expect(await labels(FILE, { matrix, files: { 'a/Dockerfile': 'FROM scratch\n' } })).toEqual([
    'The image is pushed without labels.',
  ]);
});

test.each(['depot', 'useblacksmith'])('%s builds images, too', async (action) => {
  expect(await labels('a/Dockerfile', { action })).toEqual([]);
  expect(await labels('b/Dockerfile', { action })).toEqual(['The image is pushed without labels.']);
});
