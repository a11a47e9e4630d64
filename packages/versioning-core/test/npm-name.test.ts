import { expect, test } from 'vitest';
import { parseNpmName } from '../src/index.ts';

test.each([
  'a',
  'a-b',
  'a..b',
  '7',
  'npm',
  '@x/a',
  '@x/-a',
  '@x/_a',
  '@x/fs',
  '@x-y.z/node_modules',
  'a'.repeat(214),
])('a new npm package may be named %s', (name) => {
  expect(parseNpmName(name)).toBe(name);
});

const REFUSED = [
  '',
  '.a',
  '_a',
  '-a',
  '~a',
  'a~b',
  '@x/a~b',
  '@x/.a',
  '@x/',
  '@/a',
  'a/b',
  '@x/a/b',
  'A',
  '@X/a',
  'a b',
  'a\n',
  'ä',
];

test.each([
  ...REFUSED,
  'fs',
  'worker_threads',
  'node_modules',
  'favicon.ico',
  'a'.repeat(215),
  undefined,
  7,
])('no new npm package may be named %j', (name) => {
  expect(() => parseNpmName(name)).toThrow(
    expect.objectContaining({ code: 'invalid-input', field: 'name' }),
  );
  expect(() => parseNpmName(name, 'path: name', 'npm-name')).toThrow(
    expect.objectContaining({ code: 'npm-name', field: 'path: name' }),
  );
});
