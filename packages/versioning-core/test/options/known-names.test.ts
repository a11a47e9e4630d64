import { expect, test } from 'vitest';
import { didYouMean, refuseUnknownOptions } from '../../src/index.ts';

const KNOWN = ['directory', 'build', 'registry', 'token', 'access'];

test.each([
  ['registri', 'registry'],
  ['regsitry', 'registry'],
  ['Directory', 'directory'],
  ['acess', 'access'],
  ['tokens', 'token'],
])('%s is close to %s', (name, meant) => {
  expect(didYouMean(name, KNOWN)).toBe(`Did you mean "${meant}"?`);
});

test.each(['branch', 'x', '', 'a'.repeat(10_000)])('%s is close to none', (name) => {
  expect(didYouMean(name, KNOWN)).toBeUndefined();
});

test('an unknown option is refused under its own name, with what was meant', () => {
  expect(() => refuseUnknownOptions({ directory: '.', token: undefined }, KNOWN)).not.toThrow();
  expect(() => refuseUnknownOptions({ registri: 'x' }, KNOWN, 'npm-option')).toThrow(
    expect.objectContaining({
      code: 'npm-option',
      field: 'registri',
      hint: 'Did you mean "registry"?',
    }),
  );
  expect(() => refuseUnknownOptions({ branch: 'x' }, KNOWN)).toThrow(
    expect.not.objectContaining({ hint: expect.anything() }),
  );
});
