import type { SigningIdentity } from '@ameide/versioning-core';
import { assert, constantFrom, oneof, pre, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { identityPattern } from '../../src/admission/identity-pattern.ts';

const REPOSITORY = 'https://github.com/ameideio/ameide';
const identity: SigningIdentity = {
  repository: REPOSITORY,
  workflow: '.github/workflows/publish.yml',
  issuer: 'https://token.actions.githubusercontent.com',
};
const NAME = `${REPOSITORY}/.github/workflows/publish.yml@`;

/** Neither look-around nor back-references: what JavaScript and RE2 read alike. */
function matches(name: string, more: Partial<SigningIdentity> = {}): boolean {
  return new RegExp(identityPattern({ ...identity, ...more }), 'u').test(name);
}

test.each([
  ['refs/heads/main', undefined, true],
  ['refs/tags/v0.1.0', undefined, true],
  ['refs/heads/gh', undefined, true],
  ['refs/heads/gh-readonly-queue', undefined, true],
  ['refs/heads/gh-readonly-queues/x', undefined, true],
  ['refs/heads/gh-readonly-queue/main/pr-1', undefined, false],
  ['refs/pull/1/merge', undefined, false],
  ['refs/merge-requests/1/head', undefined, false],
  ['refs/heads/main', ['refs/heads/main', 'refs/tags/v*'], true],
  ['refs/heads/main2', ['refs/heads/main', 'refs/tags/v*'], false],
  ['refs/tags/v0.1.0', ['refs/heads/main', 'refs/tags/v*'], true],
  ['refs/tags/0.1.0', ['refs/heads/main', 'refs/tags/v*'], false],
  ['refs/heads/gh-readonly-queue/x', ['refs/heads/*'], false],
  ['refs/heads/gh-readonly-queue/x', ['refs/heads/gh-read*'], false],
  ['refs/heads/gh-readable', ['refs/heads/gh-read*'], true],
  ['refs/heads/feature', ['refs/heads/*'], true],
] as const)('a run for %s, with the refs %j: %s', (ref, refs, expected) => {
  expect(matches(`${NAME}${ref}`, refs === undefined ? {} : { refs })).toBe(expected);
});

test.each([
  `${REPOSITORY}/.github/workflows/other.yml@refs/heads/main`,
  `${REPOSITORY}/.github/workflows/publishxyml@refs/heads/main`,
  `${REPOSITORY}2/.github/workflows/publish.yml@refs/heads/main`,
  `https://example.com/?${NAME}refs/heads/main`,
])('%s is somebody else', (name) => {
  expect(matches(name)).toBe(false);
});

test('a workflow may be named with its repository, and GitLab’s with two slashes', () => {
  expect(
    matches(`${NAME}refs/heads/main`, { workflow: `${REPOSITORY}/${identity.workflow}` }),
  ).toBe(true);
  const gitlab = { repository: 'https://gitlab.com/ameide/sdks', workflow: '.gitlab-ci.yml' };
  expect(matches('https://gitlab.com/ameide/sdks//.gitlab-ci.yml@refs/heads/main', gitlab)).toBe(
    true,
  );
});

test('a workflow of another repository is refused: its certificates do not say who called it', () => {
  const workflow = 'https://github.com/ameideio/shared/.github/workflows/publish.yml';
  expect(() => identityPattern({ ...identity, workflow })).toThrow(
    /workflow of the repository itself/,
  );
});

test('every branch but those of the merge queue', () => {
  const letters = constantFrom(...Array.from('gh-readonly-queue/x'));
  const word = oneof(
    string({ unit: letters, maxLength: 24 }),
    string({ unit: letters, maxLength: 4 }).map((end) => `gh-readonly-queue/${end}`),
  );
  assert(
    property(word, (branch) => {
      const isQueue = branch.startsWith('gh-readonly-queue/');
      // A branch has a name.
      pre(branch !== '');
      return matches(`${NAME}refs/heads/${branch}`) === !isQueue;
    }),
  );
});
