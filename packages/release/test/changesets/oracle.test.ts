import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import type { InvalidInputError } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { readCommit } from '../../src/commit/commit.ts';
import { releaseFacts } from '../../src/report/facts.ts';
import { BUMPS } from './bumps.ts';
import { FAILURES } from './failures.ts';
import { MODES } from './modes.ts';
import { SDK, type Situation } from './situation.ts';

const run = promisify(execFile);
const PROGRAM = join(import.meta.dirname, '../../../../node_modules/@changesets/cli/bin.js');

interface World {
  readonly before: string;
  /** What the program has left in the version file of a clone. */
  readonly after: string;
  readonly failed: boolean;
  readonly output: string;
  /** The facts of the dev build after the release, or the problem instead. */
  readonly ours: ReturnType<typeof releaseFacts> | InvalidInputError;
}

/** Releases the version file's version, and asks the real `changeset version` and us what is next. */
async function ask({ files, folder = '', versionFile = SDK }: Situation): Promise<World> {
  await using repository = createTestRepository();
  repository.commit({ files });
  const versionAt = async (directory: string): Promise<string> =>
    JSON.parse(await readFile(join(directory, versionFile), 'utf8')).version;
  const before = await versionAt(repository.directory);
  repository.git('tag', `v${before}`);
  repository.commit({ files: { 'later.txt': 'later' } });
  await using clone = createTestRepository();
  clone.git('pull', '--quiet', repository.directory, 'main');
  const { failed, output } = await run(process.execPath, [PROGRAM, 'version'], {
    cwd: join(clone.directory, folder),
    env: { ...process.env, NO_COLOR: '1' },
  }).then(
    ({ stdout, stderr }) => ({ failed: false, output: stdout + stderr }),
    ({ stdout, stderr }) => ({ failed: true, output: `${stdout}${stderr}` }),
  );
  const ours = await readCommit(await repository.open(), {
    base: { versionFile },
    afterRelease: 'changesets',
  }).then(releaseFacts, (error: InvalidInputError) => error);
  return { before, after: await versionAt(clone.directory), failed, output, ours };
}

/** Vitest shortens `$title`. */
const titled = (situations: readonly Situation[]): readonly (readonly [string, Situation])[] =>
  situations.map((situation) => [situation.title, situation]);

const nextPatch = (version: string): string =>
  version.replace(/\d+$/, (patch) => `${Number(patch) + 1}`);

test('there are enough situations', () => {
  const titles = [...BUMPS, ...MODES, ...FAILURES].map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  expect(titles.length).toBeGreaterThan(60);
});

describe('a dev build leads to the base that `changeset version` writes', () => {
  test.each(titled([...BUMPS, ...MODES]))('%s', async (_title, situation) => {
    const { before, after, failed, output, ours } = await ask(situation);
    const stays = situation.outcome === 'stays';
    expect(after, output).toBe(stays ? before : situation.outcome);
    if (failed) expect(output).toContain('No unreleased changesets found');
    const [target] = stays ? [nextPatch(before)] : after.split('-');
    expect(ours).toMatchObject({
      target,
      npm: { version: expect.stringMatching(`^${target?.replaceAll('.', '\\.')}-dev\\.`) },
      note: expect.stringContaining(stays ? (situation.says ?? '') : `@x/sdk to ${after} (`),
    });
    if (stays)
      expect(ours).not.toMatchObject({ note: expect.stringContaining('changesets raise') });
  });
});

describe('where `changeset version` fails, so do we, and say where', () => {
  test.each(titled(FAILURES))('%s', async (_title, situation) => {
    const { before, after, failed, output, ours } = await ask(situation);
    expect([failed, after], output).toEqual([true, before]);
    expect(output).not.toContain('No unreleased changesets found');
    expect(ours).toMatchObject({
      name: 'InvalidInputError',
      code: situation.outcome,
      message: expect.stringContaining(situation.says ?? ''),
    });
    // Neither the private folder nor lines of changesets' own layout.
    expect(ours).toMatchObject({ message: expect.not.stringMatching(/ameide-\w{6}|\n/) });
  });
});
