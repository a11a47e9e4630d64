import { expect, test } from 'vitest';
import { folderOf, isBelow, parseRepositoryPath, pathBelow, pathIn } from '../src/index.ts';

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

test.each([
  ['packages/sdk', 'src/a.ts', 'packages/sdk/src/a.ts'],
  ['', 'a.ts', 'a.ts'],
])('below %j, %j is %j, and back', (directory, path, whole) => {
  expect(pathIn(directory, path)).toBe(whole);
  expect(pathBelow(directory, whole)).toBe(path);
  expect(isBelow(directory, whole)).toBe(true);
});

test('a directory whose name begins alike holds nothing of it', () => {
  expect(isBelow('packages/sdk', 'packages/sdk-go/a.go')).toBe(false);
  expect(isBelow('packages/sdk', 'packages/sdk')).toBe(false);
});

test('the folder of a path', () => {
  expect(['a/b/c', 'a', ''].map(folderOf)).toEqual(['a/b', '', '']);
});
