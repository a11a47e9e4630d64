import { expect, test } from 'vitest';
import { parseRepositoryPath } from '../src/index.ts';

test.each([
  ['packages/sdk', 'packages/sdk'],
  ['packages/sdk/', 'packages/sdk'],
  ['packages/sdk//', 'packages/sdk'],
  ['./packages/sdk', 'packages/sdk'],
  ['././packages/sdk/package.json', 'packages/sdk/package.json'],
  ['.', ''],
  ['./', ''],
  ['', ''],
  ['.github', '.github'],
  ['a b', 'a b'],
  ['日本/x..y', '日本/x..y'],
])('%j is the path %j', (written, path) => {
  expect(parseRepositoryPath(written)).toBe(path);
  expect(parseRepositoryPath(path)).toBe(path);
});

const REFUSED = [
  '/',
  '/a',
  '//',
  '..',
  '../a',
  'a/..',
  'a/../b',
  'a//b',
  'a/./b',
  './/a',
  'a\\b',
  'C:/a',
  'c:',
  'a\n',
  'a\0b',
  'a\u202eb',
];

test.each([...REFUSED, undefined, null, 7, ['a']])('%j is none', (written) => {
  expect(() => parseRepositoryPath(written)).toThrow(
    expect.objectContaining({ field: 'directory', code: 'invalid-input' }),
  );
  expect(() => parseRepositoryPath(written, 'files', 'ghcr-option')).toThrow(
    expect.objectContaining({
      field: 'files',
      code: 'ghcr-option',
      hint: expect.stringContaining('root') as string,
    }),
  );
});
