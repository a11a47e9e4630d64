import { expect, test } from 'vitest';
import type { ReleaseDefinition } from '../src/definition/definition.ts';
import { defineRelease } from '../src/definition/definition.ts';
import { loadDefinition } from '../src/definition/load.ts';
import { createFakeWorld, fake } from './fake-publisher.ts';
import { CANONICAL, createGitWorld } from './support/git-world.ts';

const publisher = fake(createFakeWorld(), 'a');
const GOOD: ReleaseDefinition = { canonical: CANONICAL, publishers: [publisher] };

test('a good definition is returned as it is', () => {
  const full: ReleaseDefinition = {
    ...GOOD,
    publishers: [publisher, [publisher]],
    prepare: [['pnpm', 'install']],
    stamp: 'date',
    afterRelease: 'keep',
    repository: 'https://github.com/ameideio/ameide',
    visibleWithinMs: 0,
  };
  expect(defineRelease(full)).toBe(full);
});

test.each([
  ['release', null],
  ['publsihers', { ...GOOD, publsihers: [] }],
  ['canonical', { ...GOOD, canonical: undefined }],
  ['canonical', { ...GOOD, canonical: '../package.json' }],
  ['canonical', { ...GOOD, canonical: '/etc/passwd' }],
  ['publishers', { ...GOOD, publishers: [] }],
  ['publishers', { ...GOOD, publishers: [[]] }],
  ['publishers', { ...GOOD, publishers: publisher }],
  ['publishers[1]', { ...GOOD, publishers: [publisher, 'npm'] }],
  ['publishers[1]', { ...GOOD, publishers: [[publisher, {}]] }],
  ['prepare', { ...GOOD, prepare: 'pnpm install' }],
  ['prepare[0]', { ...GOOD, prepare: ['pnpm install'] }],
  ['prepare[1]', { ...GOOD, prepare: [['pnpm'], []] }],
  ['stamp', { ...GOOD, stamp: 'week' }],
  ['afterRelease', { ...GOOD, afterRelease: 'yes' }],
  ['repository', { ...GOOD, repository: 'https://user:secret@github.com/o/r' }],
  ['repository', { ...GOOD, repository: 'git@github.com:o/r.git' }],
  ['visibleWithinMs', { ...GOOD, visibleWithinMs: -1 }],
  ['visibleWithinMs', { ...GOOD, visibleWithinMs: 1.5 }],
])('a wrong %s is named', (field, definition) => {
  expect(() => defineRelease(definition as ReleaseDefinition)).toThrow(expect.objectContaining({ code: 'release-definition', field }));
});

test.each([
  ['no-config', undefined, undefined],
  ['no-config', undefined, '/nonexistent/release.config.ts'],
  ['config-failed', 'throw new Error("no such package");', undefined],
  ['config-failed', 'export const release = {};', undefined],
  ['release-definition', 'export default { canonical: "package.json" };', undefined],
])('%s', async (code, text, file) => {
  const git = createGitWorld();
  if (text !== undefined) git.write('release.config.mjs', text);
  await expect(loadDefinition(git.directory, file)).rejects.toMatchObject({ code });
});
