import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PublisherDefinition } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import type { ReleaseReport } from '../../src/report/release-report.ts';
import {
  calls,
  createFakeWorld,
  type FakeOptions,
  type FakeWorld,
  fake,
} from '../fake-publisher.ts';
import { folder } from '../support/folder.ts';
import { createGitWorld, type GitWorld } from '../support/git-world.ts';
import { buildTo, plan, problem, promote, publish } from '../support/run.ts';

function codes({ problems }: ReleaseReport): readonly string[] {
  return problems.map(({ code }) => code);
}

/** One for each publisher. */
function times(value: object): readonly object[] {
  return ['a', 'b', 'c'].map(() => value);
}

/** `a` and `b` wait for a pointer, `c` is visible at once. */
function three(world: FakeWorld, more: FakeOptions = {}): readonly PublisherDefinition[] {
  return [
    fake(world, 'a', more),
    fake(world, 'b', more),
    fake(world, 'c', { ...more, visibleOn: 'publish' }),
  ];
}

/** A repository, publishers, and a folder with what they built. */
async function built(): Promise<{
  readonly world: FakeWorld;
  readonly git: GitWorld;
  readonly publishers: readonly PublisherDefinition[];
  readonly out: string;
}> {
  const [world, git, out] = [createFakeWorld(), createGitWorld(), await folder()];
  const publishers = three(world);
  expect(await buildTo(out, publishers, { git })).toMatchObject({ exitCode: 0, problems: [] });
  world.log.length = 0;
  return { world, git, publishers, out };
}

async function partsIn(out: string): Promise<readonly string[]> {
  return (await readdir(out)).filter((name) => !name.startsWith('index-'));
}

test('build asks no registry, writes nothing, and needs nobody’s token', async () => {
  const [world, out] = [createFakeWorld(), await folder()];
  const report = await buildTo(out, three(world));
  expect(report).toMatchObject({ command: 'build', status: 'converged', pointers: [{}, {}, {}] });
  expect(report.artifacts.map(({ built: made }) => made)).toMatchObject([
    { folder: expect.stringMatching(/^npm-a-/), files: [{ name: 'a.tgz', size: 1 }] },
    { folder: expect.stringMatching(/^npm-b-/) },
    { folder: expect.stringMatching(/^npm-c-/) },
  ]);
  expect(calls(world, 'check', 'inspect', 'pointers', 'publish', 'promote')).toEqual([]);
  expect(world.artifacts.size).toBe(0);
});

test('build works in a pull request, and says that publish would refuse it', async () => {
  const report = await buildTo(await folder(), three(createFakeWorld()), {
    ref: 'refs/pull/7/merge',
  });
  expect(report).toMatchObject({ exitCode: 0, problems: [{ code: 'pull-request' }] });
});

test('publish from a folder builds nothing, and ends as publish alone does', async () => {
  const { world, git, publishers, out } = await built();
  const report = await publish(publishers, { git, from: out });
  expect(report).toMatchObject({
    exitCode: 0,
    artifacts: times({ state: 'identical', outcome: 'published' }),
    pointers: times({ outcome: 'moved' }),
  });
  expect(calls(world, 'build')).toEqual([]);
  const alone = createFakeWorld();
  await publish(three(alone), { git });
  expect(world.artifacts).toEqual(alone.artifacts);
  expect(world.pointers).toEqual(alone.pointers);

  world.log.length = 0;
  expect(await publish(publishers, { git, from: out })).toMatchObject({ exitCode: 0 });
  expect(calls(world, 'build', 'publish')).toEqual([]);
});

test('parts in any order that the rules allow, then promote: the same registries as in one process', async () => {
  const { world, git, publishers, out } = await built();
  for (const id of ['npm:b', 'npm:a', 'npm:c']) {
    const part = { git, from: out, only: [id], holdPointers: true };
    const report = await publish(publishers, part);
    expect(report).toMatchObject({ exitCode: 0, artifacts: [{ outcome: 'published' }] });
    expect(report.notes).toContainEqual(expect.stringContaining('ameide-release promote'));
  }
  expect(world.pointers.size).toBe(0);
  expect(await promote(publishers, { git, from: out })).toMatchObject({
    command: 'promote',
    exitCode: 0,
    pointers: times({ outcome: 'moved' }),
  });
  const alone = createFakeWorld();
  await publish(three(alone), { git });
  expect(world.artifacts).toEqual(alone.artifacts);
  expect(world.pointers).toEqual(alone.pointers);
  expect(await promote(publishers, { git })).toMatchObject({
    exitCode: 0,
    pointers: times({ outcome: 'already' }),
  });
});

test('what is visible at once is refused until the rest of the release is published', async () => {
  const { world, git, publishers, out } = await built();
  const last = { git, from: out, only: ['npm:c'], holdPointers: true };
  await publish(publishers, { ...last, only: ['npm:a'] });
  const early = await publish(publishers, last);
  expect(early).toMatchObject({ exitCode: 3 });
  expect(early.problems).toMatchObject([
    { code: 'published-too-early', rerun: 'safe', effect: 'none' },
  ]);
  expect(early.problems[0]?.message).toContain('npm:b');
  expect([...world.artifacts.keys()]).toEqual(['npm:a@' + early.release.npm.version]);
  await publish(publishers, { ...last, only: ['npm:b'] });
  expect(await publish(publishers, last)).toMatchObject({ exitCode: 0 });
});

test('what waits for a pointer may come before what it requires; what is visible at once may not', async () => {
  const { world, git, out } = { ...(await built()) };
  const needs = (name: string): FakeOptions => ({
    override: (real) => ({
      plan: (release) => {
        const made = real.plan(release);
        return {
          ...made,
          requires: [{ ecosystem: 'npm', name, version: release.versions.npm.version }],
        };
      },
    }),
  });
  const publishers = [
    fake(world, 'a', needs('b')),
    fake(world, 'b'),
    fake(world, 'c', { visibleOn: 'publish', ...needs('d') }),
    fake(world, 'd', { visibleOn: 'publish' }),
  ];
  await rm(out, { recursive: true });
  expect(await buildTo(out, publishers, { git })).toMatchObject({ exitCode: 0 });
  const part = (name: string): Promise<ReleaseReport> =>
    publish(publishers, { git, from: out, only: [`npm:${name}`], holdPointers: true });
  expect(await part('a')).toMatchObject({ exitCode: 0 });
  expect(await part('b')).toMatchObject({ exitCode: 0 });
  expect(codes(await part('c'))).toEqual(['requires-unpublished']);
  expect(await part('d')).toMatchObject({ exitCode: 0 });
  expect(await part('c')).toMatchObject({ exitCode: 0 });
});

describe('promote', () => {
  test('moves nothing while a part is missing, and names the command that publishes it', async () => {
    const { world, git, publishers, out } = await built();
    for (const only of [['npm:a'], ['npm:b']])
      await publish(publishers, { git, from: out, only, holdPointers: true });
    const report = await promote(publishers, { git });
    expect(report).toMatchObject({ exitCode: 3, problems: [{ code: 'not-published-yet' }] });
    expect(report.problems[0]?.hint).toContain('publish --only npm:c --hold-pointers');
    expect(world.pointers.size).toBe(0);
  });

  test('builds nothing, and does not ask for the tools of builds', async () => {
    const world = createFakeWorld();
    const override: FakeOptions['override'] = () => ({
      checkTools: async () => {
        throw new Error('asked for tools');
      },
    });
    const report = await promote([fake(world, 'a', { override })]);
    expect(codes(report)).toEqual(['not-published-yet']);
    expect(calls(world, 'build')).toEqual([]);
  });

  test('asks for no token where there is no pointer to move', async () => {
    const world = createFakeWorld();
    const override: FakeOptions['override'] = () => ({
      check: async () => [problem('authentication', { code: 'no-token' })],
    });
    const index = { pointers: [], promotes: false, override } as const;
    const git = createGitWorld();
    await publish([fake(world, 'a'), fake(world, 'b')], { git, holdPointers: true });
    const report = await promote([fake(world, 'a'), fake(world, 'b', index)], { git });
    expect(report).toMatchObject({ exitCode: 0, problems: [] });
    expect(calls(world, 'inspect')).toContain('inspect npm:b');
    const needed = await promote([fake(world, 'a', { override }), fake(world, 'b')], { git });
    expect(codes(needed)).toEqual(['no-token']);
  });

  test('refuses where the registry has other bytes than the folder', async () => {
    const { world, git, publishers, out } = await built();
    await publish(publishers, { git, holdPointers: true });
    const [name = '', first] = [...world.artifacts][0] ?? [];
    world.artifacts.set(name, { sha: first?.sha ?? '', digest: 'sha256:other' });
    const report = await promote(publishers, { git, from: out });
    expect(report).toMatchObject({ exitCode: 4, problems: [{ code: 'other-build-published' }] });
    expect(world.pointers.size).toBe(0);
    expect(await promote(publishers, { git })).toMatchObject({ exitCode: 0 });
  });

  test('is refused in a pull request', async () => {
    const report = await promote(three(createFakeWorld()), { ref: 'refs/pull/7/merge' });
    expect(report).toMatchObject({ exitCode: 2, problems: [{ code: 'pull-request' }] });
  });
});

test('in whatever order the definition has its keys, and with another token, it fits', async () => {
  const { git, publishers, out } = await built();
  const definition = { branches: ['main'], stamp: 'datetime' } as const;
  await rm(out, { recursive: true });
  git.git('checkout', '-q', '-B', 'main');
  expect(await buildTo(out, publishers, { git, definition })).toMatchObject({ exitCode: 0 });
  const turned = { stamp: 'datetime', branches: ['main'] } as const;
  expect(await publish(publishers, { git, from: out, definition: turned })).toMatchObject({
    exitCode: 0,
  });
});

describe('the folder of builds', () => {
  test('is not emptied of anything else', async () => {
    const out = await folder();
    await writeFile(join(out, 'notes.txt'), 'mine');
    await expect(buildTo(out, three(createFakeWorld()))).rejects.toMatchObject({
      code: 'out-folder',
      field: 'out',
    });
    expect(await readdir(out)).toEqual(['notes.txt']);
  });

  test('takes builds of several jobs, and a repeated build', async () => {
    const [world, git, out] = [createFakeWorld(), createGitWorld(), await folder()];
    for (const only of [['npm:a'], ['npm:b'], ['npm:c'], ['npm:a']])
      expect(await buildTo(out, three(world), { git, only })).toMatchObject({ exitCode: 0 });
    expect(await partsIn(out)).toHaveLength(3);
    expect(await publish(three(world), { git, from: out })).toMatchObject({ exitCode: 0 });
  });

  test('has what a build asks for built as well, without saving it', async () => {
    const [world, out] = [createFakeWorld(), await folder()];
    const version = (release: { versions: { npm: { version: string } } }) =>
      release.versions.npm.version;
    const publishers = [
      fake(world, 'base', {
        override: () => ({
          describe: async ({ plan: of }) => ({
            value: { coordinate: of.coordinates[0]!, checksums: {}, requires: [] },
          }),
        }),
      }),
      fake(world, 'a', {
        override: (real) => ({
          plan: (release) => ({
            ...real.plan(release),
            requires: [{ ecosystem: 'npm', name: 'base', version: version(release) }],
          }),
          async build(of, step) {
            const { problems } = await step.resolve(of.requires![0]!);
            return problems === undefined ? real.build(of, step) : { problems };
          },
        }),
      }),
    ];
    const report = await buildTo(out, publishers, { only: ['npm:a'] });
    expect(report).toMatchObject({ exitCode: 0, artifacts: [{ publisher: 'npm:a' }] });
    expect(await partsIn(out)).toHaveLength(1);
  });
});

test('a part of a release follows its part of an approved plan; a whole release follows all of it', async () => {
  const { git, publishers, out } = await built();
  const approved = await plan(publishers, { git });
  const part = { git, approved, from: out, only: ['npm:a'] };
  expect(codes(await publish(publishers, part))).toEqual(['plan-differs']);
  expect(await publish(publishers, { ...part, holdPointers: true })).toMatchObject({ exitCode: 0 });
  const another = await plan(publishers, { git, only: ['npm:b'] });
  expect(
    codes(await publish(publishers, { ...part, approved: another, holdPointers: true })),
  ).toEqual(['plan-differs']);
});

test('a plan fixes the definition: another prepare is another plan', async () => {
  const [world, git] = [createFakeWorld(), createGitWorld()];
  const approved = await plan(three(world), { git });
  expect(approved.definition).toMatch(/^sha256:[0-9a-f]{64}$/);
  const report = await publish(three(world), {
    git,
    approved,
    definition: { prepare: [['true']] },
  });
  expect(report).toMatchObject({ exitCode: 2, problems: [{ code: 'plan-differs' }] });
  expect(report.problems[0]?.message).toContain('definition');
  expect(await publish(three(world), { git, approved })).toMatchObject({ exitCode: 0 });
});
