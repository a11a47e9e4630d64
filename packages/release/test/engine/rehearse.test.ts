import { readdir } from 'node:fs/promises';
import {
  type ArtifactContents,
  failed,
  problem as makeProblem,
  ok,
  type Publisher,
} from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { reportTable } from '../../src/cli/output.ts';
import { calls, createFakeWorld, fake } from '../fake-publisher.ts';
import { folder } from '../support/folder.ts';
import { createGitWorld } from '../support/git-world.ts';
import { buildTo, plan, problem, publish } from '../support/run.ts';

describe('publish --dry-run', () => {
  test('does everything up to the first write, and shows what it would send', async () => {
    const world = createFakeWorld();
    const report = await publish([fake(world, 'a')], { dryRun: true });
    expect(report).toMatchObject({
      command: 'publish --dry-run',
      status: 'converged',
      artifacts: [{ state: 'absent' }],
      pointers: [{ now: null }],
      contents: [
        {
          publisher: 'npm:a',
          part: 'package',
          change: 'new',
          manifest: ['name: a', expect.stringMatching(/^version: 0\.1\.0-dev/)],
          files: [{ path: 'LICENSE' }, { path: 'package.json' }],
        },
      ],
    });
    expect(report.contents?.[0]).not.toHaveProperty('before');
    expect(calls(world, 'check', 'build')).toEqual(['check npm:a', 'build npm:a']);
    expect(calls(world, 'publish', 'promote')).toEqual([]);
    expect(world.artifacts.size + world.pointers.size).toBe(0);
  });

  test('compares with what the same consumers have now', async () => {
    const [world, git] = [createFakeWorld(), createGitWorld()];
    await publish([fake(world, 'a')], { git });
    git.commit('more', '2025-11-14T09:05:00+00:00');
    const { contents = [] } = await publish([fake(world, 'a')], { git, dryRun: true });
    expect(contents).toMatchObject([
      {
        change: 'changed',
        before: { coordinate: expect.stringMatching(/^npm:a@0\.1\.0-dev/) },
        manifestBefore: ['name: a', expect.stringMatching(/^version: 0\.1\.0-dev/)],
        files: [
          { path: 'LICENSE', change: 'unchanged' },
          { path: 'package.json', change: 'changed', before: { size: expect.any(Number) } },
        ],
      },
    ]);
    expect(contents[0]?.before?.coordinate).not.toBe(contents[0]?.coordinate);
  });

  test('builds nothing that publish would not build', async () => {
    const [world, git] = [createFakeWorld(), createGitWorld()];
    await publish([fake(world, 'a')], { git });
    world.log.length = 0;
    const report = await publish([fake(world, 'a'), fake(world, 'b')], { git, dryRun: true });
    expect(calls(world, 'build')).toEqual(['build npm:b']);
    expect(report.contents?.map(({ publisher }) => publisher)).toEqual(['npm:b']);
    expect(report.artifacts.map(({ state }) => state)).toEqual(['same-source', 'absent']);
  });

  test('reports a reproducible build as byte-identical to what is published', async () => {
    const [world, git] = [createFakeWorld(), createGitWorld()];
    const a = fake(world, 'a', { override: () => ({ isReproducible: true }) });
    await publish([a], { git });
    const { contents } = await publish([a], { git, dryRun: true });
    expect(contents).toMatchObject([
      { change: 'identical', files: [{ change: 'unchanged' }, { change: 'unchanged' }] },
    ]);
    expect(contents?.[0]).not.toHaveProperty('manifestBefore');
  });

  test('shows what a pull request would publish, and that publish would refuse it', async () => {
    const report = await publish([fake(createFakeWorld(), 'a')], {
      dryRun: true,
      ref: 'refs/pull/7/merge',
    });
    expect(report).toMatchObject({
      exitCode: 2,
      contents: [{ change: 'new' }],
      problems: [{ code: 'pull-request' }],
    });
  });

  test('tells which pointers will stay where they are', async () => {
    const [world, git] = [createFakeWorld(), createGitWorld()];
    const a = fake(world, 'a', { pointers: ['latest'] });
    git.git('tag', 'v0.1.0');
    world.pointers.set('a latest', '0.2.0');
    const options = { git, ref: 'refs/tags/v0.1.0' };
    for (const run of [plan, publish]) {
      const report = await run([a], { ...options, dryRun: true });
      expect(report).toMatchObject({
        pointers: [{ now: '0.2.0', version: '0.1.0', expected: 'superseded' }],
      });
      expect(reportTable(report)).toContain('stays: names 0.2.0, which is newer');
    }
    world.pointers.set('a latest', '0.0.9');
    expect(await plan([a], options)).toMatchObject({ pointers: [{ expected: 'moved' }] });
    world.pointers.set('a latest', 'somebody-elses');
    const [pointer] = (await plan([a], options)).pointers;
    expect(pointer).not.toHaveProperty('expected');
  });

  test('shows what was built beside a problem', async () => {
    const world = createFakeWorld();
    const failing = fake(world, 'b', {
      override: () => ({ build: async () => failed(problem('incomplete')) }),
    });
    const report = await publish([fake(world, 'a'), failing], { dryRun: true });
    expect(report).toMatchObject({
      exitCode: 3,
      problems: [{ code: 'test-incomplete', publisher: 'npm:b' }],
      contents: [{ publisher: 'npm:a', change: 'new' }],
    });
  });

  test('of a folder that build filled shows what is in it', async () => {
    const [world, git, out] = [createFakeWorld(), createGitWorld(), await folder()];
    await buildTo(out, [fake(world, 'a')], { git });
    world.log.length = 0;
    const report = await publish([fake(world, 'a')], { git, from: out, dryRun: true });
    expect(report).toMatchObject({ exitCode: 0, contents: [{ change: 'new' }] });
    expect(calls(world, 'build', 'publish')).toEqual([]);
  });
});

const NO_ANSWER = makeProblem({
  code: 'npm-server-error',
  kind: 'unknown',
  message: 'The registry answered 503.',
});

/** Overrides what `rehearse` finds on the registry. */
function finding(published: Awaited<ReturnType<Publisher['rehearse']>>['published']) {
  return (real: Publisher): Partial<Publisher> => ({
    rehearse: async (plan, built, step) => ({
      ...(await real.rehearse(plan, built, step)),
      published,
    }),
  });
}

describe('a registry that does not say what it has', () => {
  const mute = { override: finding(failed(NO_ANSWER)) };

  test.for(['publish --dry-run', 'build'] as const)(
    'costs %s the comparison, and nothing else',
    async (command) => {
      const [publishers, out] = [[fake(createFakeWorld(), 'a', mute)], await folder()];
      const report =
        command === 'build'
          ? await buildTo(out, publishers)
          : await publish(publishers, { dryRun: true });
      expect(report).toMatchObject({
        command,
        exitCode: 0,
        problems: [],
        notes: ['npm:a was not compared with what is published: The registry answered 503.'],
        contents: [{ change: 'not-compared', problem: { message: 'The registry answered 503.' } }],
      });
      expect(report.contents?.[0]?.files.map(({ change }) => change)).toEqual([
        undefined,
        undefined,
      ]);
      // The part and the index.
      expect(await readdir(out)).toHaveLength(command === 'build' ? 2 : 0);
    },
  );
});

test('what publish would refuse, a dry run refuses', async () => {
  const refusing = fake(createFakeWorld(), 'a', {
    override: (real) => ({
      rehearse: async (plan, built, step) => ({
        ...(await real.rehearse(plan, built, step)),
        refused: [problem('conflict')],
      }),
    }),
  });
  expect(await publish([refusing], { dryRun: true })).toMatchObject({
    exitCode: 4,
    contents: [{ change: 'new' }],
  });
});

test('a publisher that cannot compare for a fault of its own fails, and what it built is saved', async () => {
  const out = await folder();
  const broken = fake(createFakeWorld(), 'a', {
    override: () => ({ rehearse: async () => Promise.reject(new Error('no such thing')) }),
  });
  const report = await buildTo(out, [broken]);
  expect(report).toMatchObject({ exitCode: 3, problems: [{ code: 'publisher-failed' }] });
  expect(report).not.toHaveProperty('contents');
  expect(await readdir(out)).toHaveLength(2);
});

describe('parts', () => {
  const wheel: ArtifactContents = {
    coordinate: { ecosystem: 'npm', name: 'a', version: '0.0.9' },
    part: 'wheel',
    digest: 'sha256:01',
    manifest: 'Name: a\n',
    files: [
      { path: 'a.py', size: 3, digest: 'sha256:0a' },
      { path: 'gone.py', size: 4, digest: 'sha256:0b' },
      { path: 'run', size: 5, digest: 'sha256:0c' },
    ],
  };
  const ours: ArtifactContents = {
    ...wheel,
    coordinate: { ...wheel.coordinate, version: '0.1.0' },
    digest: 'sha256:02',
  };
  const compare = async (
    built: readonly ArtifactContents[],
    published: readonly ArtifactContents[],
  ) => {
    const override = () => ({ rehearse: async () => ({ built, published: ok(published) }) });
    const publisher = fake(createFakeWorld(), 'a', { override });
    return (await publish([publisher], { dryRun: true })).contents ?? [];
  };

  test('are compared by name; one that is only published was removed', async () => {
    const sdist = { ...wheel, part: 'sdist' };
    const found = await compare([ours], [sdist, wheel]);
    expect(found).toMatchObject([
      { part: 'wheel', change: 'same-files', coordinate: 'npm:a@0.1.0' },
      { part: 'sdist', change: 'removed', before: { coordinate: 'npm:a@0.0.9' } },
    ]);
    expect(found[1]).not.toHaveProperty('coordinate');
    expect(found[1]?.files.map(({ change }) => change)).toEqual(['removed', 'removed', 'removed']);
  });

  test('are new where the published version lacks them', async () => {
    expect(await compare([ours, { ...ours, part: 'sdist' }], [wheel])).toMatchObject([
      { part: 'wheel', change: 'same-files' },
      { part: 'sdist', change: 'new' },
    ]);
  });

  test('say of every file whether it was added, removed, changed or made executable', async () => {
    const [same, , run] = wheel.files as [ArtifactContents['files'][number], unknown, never];
    const files = [
      { ...(run as typeof same), kind: 'executable' as const },
      same,
      { path: 'new.py', size: 1, digest: 'sha256:0d' },
    ];
    const [found] = await compare([{ ...ours, files }], [wheel]);
    expect(found).toMatchObject({ change: 'changed' });
    expect(found?.files.map(({ path, change, before }) => [path, change, before])).toEqual([
      ['a.py', 'unchanged', undefined],
      ['gone.py', 'removed', undefined],
      ['new.py', 'added', undefined],
      ['run', 'changed', { size: 5, digest: 'sha256:0c' }],
    ]);
  });

  test('with another manifest alone are changed', async () => {
    const [found] = await compare([{ ...ours, manifest: 'Name: a\nVersion: 2\n' }], [wheel]);
    expect(found).toMatchObject({
      change: 'changed',
      manifest: ['Name: a', 'Version: 2'],
      manifestBefore: ['Name: a'],
    });
  });
});
