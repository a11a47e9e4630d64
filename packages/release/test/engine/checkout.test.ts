import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { validateFolderContent } from '@ameide/publisher-kit';
import type { PublisherDefinition } from '@ameide/versioning-core';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { calls, createFakeWorld, type FakeWorld, fake } from '../fake-publisher.ts';
import { createGitWorld, type GitWorld } from '../support/git-world.ts';
import { plan, publish } from '../support/run.ts';

/** A publisher of the whole commit, or of a folder of it; `seen` gets what its build sees there. */
function publisherOf(world: FakeWorld, directory = '', seen: string[] = []): PublisherDefinition {
  return fake(world, 'a', {
    override: (real) => ({
      validate: async ({ publisher }, { source }) =>
        validateFolderContent(source, publisher, directory),
      build: async (planned, step) => {
        seen.push(...(await readdir(join(step.checkout, directory))).toSorted());
        return real.build(planned, step);
      },
    }),
  });
}

describe('a submodule that the clone lacks', () => {
  /** `libs/sub` of it is a submodule, at an address beside its own. */
  function withSubmodule(): GitWorld {
    const [sub, git] = [createGitWorld(), createGitWorld()];
    git.git('remote', 'add', 'origin', git.directory);
    const name = sub.directory.split('/').at(-1);
    git.write('.gitmodules', `[submodule "s"]\n\tpath = libs/sub\n\turl = ../${name}\n`);
    mkdirSync(join(git.directory, 'libs/sub'), { recursive: true });
    git.git('add', '.gitmodules');
    const sha = sub.git('rev-parse', 'HEAD');
    git.git('update-index', '--add', '--cacheinfo', `160000,${sha},libs/sub`);
    git.git('commit', '--quiet', '--message', 'a submodule');
    return git;
  }

  test('is refused where it would be published, by plan and publish', async () => {
    const git = withSubmodule();
    const world = createFakeWorld();
    for (const command of [plan, publish]) {
      const report = await command([publisherOf(world)], { git });
      expect(report).toMatchObject({
        exitCode: 2,
        problems: [{ code: 'submodule-missing', path: 'libs/sub' }],
      });
    }
    expect(calls(world, 'build')).toEqual([]);
  });

  test('is no obstacle elsewhere', async () => {
    const report = await publish([publisherOf(createFakeWorld(), 'packages')], {
      git: withSubmodule(),
    });
    expect(report).toMatchObject({ exitCode: 0, problems: [] });
  });

  test('is fetched with submodules: true, and missed by no plan', async () => {
    const git = withSubmodule();
    const seen: string[] = [];
    const definition = { submodules: true };
    const planned = await plan([publisherOf(createFakeWorld())], { git, definition });
    expect(planned.problems).toEqual([]);
    const publishers = [publisherOf(createFakeWorld(), 'libs/sub', seen)];
    const report = await publish(publishers, { git, definition });
    expect(report).toMatchObject({ exitCode: 0, problems: [] });
    expect(seen).toEqual(['.git', 'packages']);
  });

  test('ends the release before anything is built when it cannot be fetched', async () => {
    const git = withSubmodule();
    git.git('config', '--file', '.gitmodules', 'submodule.s.url', '../not-here');
    git.git('commit', '--quiet', '--message', 'an address of nothing', '--', '.gitmodules');
    const world = createFakeWorld();
    const report = await publish([publisherOf(world)], { git, definition: { submodules: true } });
    expect(report).toMatchObject({
      exitCode: 3,
      problems: [{ code: 'submodule-repository-not-found', effect: 'none' }],
    });
    expect(calls(world, 'build', 'publish')).toEqual([]);
  });
});

test('content of Git LFS that is damaged is refused where it would be published', async () => {
  const git = createGitWorld();
  const oid = createHash('sha256').update('content').digest('hex');
  git.write('.gitattributes', '*.bin filter=lfs -text\n');
  git.write(
    'data/a.bin',
    `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 7\n`,
  );
  git.commit();
  git.write(`.git/lfs/objects/${oid.slice(0, 2)}/${oid.slice(2, 4)}/${oid}`, 'CONTENT');
  const world = createFakeWorld();
  expect((await plan([publisherOf(world)], { git })).problems).toEqual([]);
  expect(await publish([publisherOf(world)], { git })).toMatchObject({
    exitCode: 3,
    problems: [{ code: 'lfs-content-missing', path: 'data/a.bin' }],
  });
  expect(calls(world, 'build')).toEqual([]);
  const elsewhere = publisherOf(createFakeWorld(), 'packages');
  expect((await publish([elsewhere], { git })).exitCode).toBe(0);
});

test('programs find in PATH what prepare installed in their checkout, not the working tree’s', async () => {
  const git = createGitWorld();
  const { PATH = '' } = process.env;
  vi.stubEnv('PATH', `${git.directory}/node_modules/.bin:${PATH}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const seen: string[] = [];
  const publisher = fake(createFakeWorld(), 'a', {
    override: (real) => ({
      build: async (planned, step) => {
        const [first = ''] = (step.environment['PATH'] ?? '').split(':');
        seen.push(relative(step.checkout, first));
        return real.build(planned, step);
      },
    }),
  });
  const prepare = [['sh', '-c', 'test "${PATH%%/node_modules/*}" = "$PWD"']] as const;
  expect(await publish([publisher], { git, definition: { prepare } })).toMatchObject({
    problems: [],
  });
  expect(seen).toEqual(['node_modules/.bin']);
});

test('a link that prepare made leads into each build’s own copy', async () => {
  const names = ['a', 'b', 'c'];
  const seen: string[] = [];
  const publishers = names.map((name) =>
    fake(createFakeWorld(), name, {
      buildsFrom: 'own-checkout',
      override: (real) => ({
        build: async (planned, step) => {
          await appendFile(join(step.checkout, 'node_modules/link/made'), name);
          seen.push(await readFile(join(step.checkout, 'packages/made'), 'utf8'));
          return real.build(planned, step);
        },
      }),
    }),
  );
  const prepare = [
    ['sh', '-c', 'mkdir node_modules && ln -s "$PWD/packages" node_modules/link'],
  ] as const;
  const report = await publish(publishers, { definition: { prepare } });
  expect(report).toMatchObject({ exitCode: 0, problems: [] });
  expect(seen.toSorted()).toEqual(names);
});
