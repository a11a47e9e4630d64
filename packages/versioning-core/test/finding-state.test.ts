import { expect, test } from 'vitest';
import { isOurs } from '../src/index.ts';

test.each([
  ['absent', false],
  ['identical', true],
  ['same-source', true],
  ['conflict', false],
  ['unknown', false],
] as const)('%s: ours %s', (state, expected) => {
  expect(isOurs(state)).toBe(expected);
});
