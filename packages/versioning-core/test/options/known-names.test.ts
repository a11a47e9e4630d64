import { expect, test } from 'vitest';
import { didYouMean } from '../../src/index.ts';

const KNOWN = ['directory', 'build', 'registry', 'token', 'access', 'path'];

test.each([
  ['registri', 'registry'],
  ['regsitry', 'registry'],
  ['Directory', 'directory'],
  ['acess', 'access'],
  ['tokens', 'token'],
  ['paht', 'path'],
])('%s is close to %s', (name, meant) => {
  expect(didYouMean(name, KNOWN)).toBe(`Did you mean "${meant}"?`);
});

test.each(['branch', 'x', '', 'a'.repeat(10_000)])('%s is close to none', (name) => {
  expect(didYouMean(name, KNOWN)).toBeUndefined();
});
