import { failed, type Published } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { calls, createFakeWorld, type FakeWorld, fake } from '../fake-publisher.ts';
import { createGitWorld } from '../support/git-world.ts';
import { problem, publish } from '../support/run.ts';

const ALL = ['npm:a', 'npm:b', 'npm:c'];

function three(world = createFakeWorld()) {
  const publishers = [
    fake(world, 'a'),
    fake(world, 'b'),
    fake(world, 'c', { visibleOn: 'publish' }),
  ];
  return { world, publishers };
}

function indexes(log: readonly string[], verb: string): number[] {
  return log.flatMap((line, index) => (line.startsWith(`${verb} `) ? [index] : []));
}

test('checks, builds, versions visible on promote, versions visible on publish, reading back, pointers: each only when all of the one before is done', async () => {
  const { world, publishers } = three();
  const report = await publish(publishers);
  expect(report).toMatchObject({ status: 'converged', exitCode: 0, problems: [] });
  const { log } = world;
  const last = (verb: string): number => Math.max(...indexes(log, verb));
  const first = (verb: string): number => Math.min(...indexes(log, verb));
  expect(last('checked')).toBeLessThan(first('build'));
  expect(last('built')).toBeLessThan(first('publish'));
  expect(log.indexOf('publish npm:c')).toBeGreaterThan(
    Math.max(log.indexOf('published npm:a'), log.indexOf('published npm:b')),
  );
  // The preflight's readings are the first three; those after publishing are over before any
  // pointer moves.
  const readBack = indexes(log, 'inspected').slice(3);
  expect(readBack).toHaveLength(3);
  expect(Math.min(...indexes(log, 'inspect').slice(3))).toBeGreaterThan(last('published'));
  expect(Math.max(...readBack)).toBeLessThan(first('promote'));
});

test('what does not depend on each other runs at once', async () => {
  const { world, publishers } = three();
  await publish(publishers);
  expect(world.log.indexOf('build npm:c')).toBeLessThan(world.log.indexOf('built npm:a'));
  expect(world.log.indexOf('publish npm:b')).toBeLessThan(world.log.indexOf('published npm:a'));
});

test('a registry that is slow in every step holds up no other', async () => {
  const world = createFakeWorld();
  const passed = new Map<string, () => void>();
  // At the slow registry every step of all publishers waits until the other publisher has done it.
  const waits = new Map(
    ['check', 'publish', 'promote'].map((verb) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      passed.set(verb, resolve);
      return [verb, promise];
    }),
  );
  const slow = Array.from({ length: 40 }, (_, index) =>
    fake(world, `slow${index}`, {
      override: (real) => ({
        check: async (plan, step) => (await waits.get('check'), real.check(plan, step)),
        publish: async (...given) => (await waits.get('publish'), real.publish(...given)),
        promote: async (...given) => (await waits.get('promote'), real.promote?.(...given) ?? []),
      }),
    }),
  );
  const quick = fake(world, 'quick', {
    override: (real) => ({
      plan: (release) => ({ ...real.plan(release), registry: 'memory://quick' }),
      check: async (plan, step) => (passed.get('check')?.(), real.check(plan, step)),
      publish: async (...given) => (passed.get('publish')?.(), real.publish(...given)),
      promote: async (...given) => (passed.get('promote')?.(), real.promote?.(...given) ?? []),
    }),
  });
  const report = await publish([...slow, quick]);
  expect(report).toMatchObject({ exitCode: 0, problems: [] });
  expect(report.artifacts.map(({ publisher }) => publisher).at(-1)).toBe('npm:quick');
});

test('a second run writes nothing, and builds nothing', async () => {
  const { world, publishers } = three();
  const git = createGitWorld();
  await publish(publishers, { git });
  const before = new Map(world.artifacts);
  world.log.length = 0;
  const again = await publish(publishers, { git });
  expect(again).toMatchObject({
    status: 'converged',
    artifacts: ALL.map((publisher) => ({ publisher, state: 'same-source' })),
  });
  expect(again.artifacts.every(({ outcome }) => outcome === undefined)).toBe(true);
  expect(again.pointers.every(({ outcome }) => outcome === 'already')).toBe(true);
  expect(calls(world, 'build', 'publish')).toEqual([]);
  expect(world.artifacts).toEqual(before);
});

test('only what is missing is built and published; the settled pointers are looked at again', async () => {
  const { world, publishers } = three();
  const git = createGitWorld();
  await publish(publishers, { git });
  world.artifacts.delete([...world.artifacts.keys()].find((key) => key.startsWith('npm:b@')) ?? '');
  world.log.length = 0;
  const again = await publish(publishers, { git });
  expect(again.artifacts.map(({ outcome }) => outcome)).toEqual([
    undefined,
    'published',
    undefined,
  ]);
  expect(calls(world, 'build', 'publish')).toEqual(['build npm:b', 'publish npm:b']);
  expect(calls(world, 'promote')).toHaveLength(3);
});

test('a coordinate that the publisher says nothing of is not settled', async () => {
  const world = createFakeWorld();
  const git = createGitWorld();
  const silent = fake(world, 'a', {
    alsoVersions: ['9.9.9'],
    override: (real) => ({
      inspect: async (subject, step) => (await real.inspect(subject, step)).slice(0, 1),
    }),
  });
  const report = await publish([silent], { git });
  expect(report).toMatchObject({
    exitCode: 3,
    problems: [{ code: 'registry-no-answer', coordinate: 'npm:a@9.9.9' }],
  });
  expect(calls(world, 'build', 'publish')).toEqual([]);
});

test('a version of which a file is missing is finished, not passed over', async () => {
  const world = createFakeWorld();
  const git = createGitWorld();
  let complete = false;
  const wheel = fake(world, 'a', {
    override: (real) => ({
      inspect: async (subject, step) =>
        (await real.inspect(subject, step)).map((finding) => ({
          ...finding,
          files: [
            { name: 'a.whl', state: finding.state },
            { name: 'a.tar.gz', state: complete ? finding.state : 'absent' },
          ],
        })),
      publish: async (plan, built, step) => {
        complete = true;
        await real.publish(plan, built, step);
        return plan.coordinates.map((coordinate) => ({ coordinate, outcome: 'published' }));
      },
    }),
  });
  await publish([fake(world, 'a')], { git });
  world.log.length = 0;
  const report = await publish([wheel], { git });
  expect(report).toMatchObject({ exitCode: 0, artifacts: [{ outcome: 'published' }] });
  expect(calls(world, 'publish')).toEqual(['publish npm:a']);
});

test('nothing is published when one cannot be built', async () => {
  const { world, publishers } = three();
  const failing = fake(world, 'd', {
    override: () => ({
      build: async () => failed(problem('incomplete', { code: 'no-compiler' })),
    }),
  });
  const report = await publish([...publishers, failing]);
  expect(report).toMatchObject({
    exitCode: 3,
    problems: [{ code: 'no-compiler', publisher: 'npm:d' }],
  });
  expect(calls(world, 'build')).toHaveLength(4);
  expect(calls(world, 'publish', 'promote')).toEqual([]);
  expect(world.artifacts.size).toBe(0);
});

test('what consumers see at once is not published when something they do not see yet failed; no pointer moves', async () => {
  const { world, publishers } = three();
  const failing = fake(world, 'd', {
    override: () => ({
      publish: async (plan) =>
        plan.coordinates.map((coordinate) => ({
          coordinate,
          outcome: 'incomplete',
          problem: problem('incomplete'),
        })),
    }),
  });
  const report = await publish([...publishers, failing]);
  expect(report).toMatchObject({ exitCode: 3, problems: [{ publisher: 'npm:d' }] });
  expect(calls(world, 'publish')).toEqual(['publish npm:a', 'publish npm:b', 'publish npm:d']);
  expect(calls(world, 'promote')).toEqual([]);
  expect(world.pointers.size).toBe(0);
  expect(report.artifacts.map(({ outcome, state }) => [outcome, state])).toEqual([
    ['published', 'identical'],
    ['published', 'identical'],
    [undefined, 'absent'],
    ['incomplete', 'absent'],
  ]);
});

test('of two that publishing shows, the other is still published and reported when one fails; no pointer moves', async () => {
  const { world, publishers } = three();
  const failing = fake(world, 'd', {
    visibleOn: 'publish',
    override: () => ({
      publish: async () => {
        throw new TypeError('undefined is not a function');
      },
    }),
  });
  const report = await publish([...publishers, failing]);
  expect(report).toMatchObject({
    exitCode: 5,
    problems: [
      { code: 'publisher-failed', publisher: 'npm:d', kind: 'unknown', effect: 'unknown' },
    ],
  });
  expect(report.artifacts.map(({ outcome }) => outcome)).toEqual([
    'published',
    'published',
    'published',
    'unknown',
  ]);
  expect(world.pointers.size).toBe(0);
});

describe('what consumers see at once is published after what it requires', () => {
  /** `a` requires `b` and so on; `failing` says which cannot be published. */
  function requiring(
    world: FakeWorld,
    required: Readonly<Record<string, readonly string[]>>,
    failing?: string,
  ) {
    return Object.entries(required).map(([name, others]) =>
      fake(world, name, {
        visibleOn: 'publish',
        override: (real) => ({
          plan: (release) => ({
            ...real.plan(release),
            requires: others.map((other) => ({
              ecosystem: 'npm',
              name: other,
              version: release.versions.npm.version,
            })),
          }),
          ...(name === failing
            ? { publish: async (plan) => plan.coordinates.map(incomplete) }
            : {}),
        }),
      }),
    );
  }

  function incomplete(coordinate: Published['coordinate']): Published {
    return { coordinate, outcome: 'incomplete', problem: problem('incomplete') };
  }

  test('in the order of the chain, whatever the order of the definition', async () => {
    const world = createFakeWorld();
    const report = await publish(
      requiring(world, { app: ['sdk'], sdk: ['core'], core: [], cli: [] }),
    );
    expect(report).toMatchObject({ exitCode: 0 });
    const at = (line: string): number => world.log.indexOf(line);
    expect(at('published npm:core')).toBeLessThan(at('publish npm:sdk'));
    expect(at('published npm:sdk')).toBeLessThan(at('publish npm:app'));
    expect(at('publish npm:cli')).toBeLessThan(at('published npm:core'));
  });

  test('it is not published when what it requires failed, says why, and is published by the next run', async () => {
    const world = createFakeWorld();
    const git = createGitWorld();
    const required = { app: ['sdk'], sdk: ['core'], core: [], cli: [] };
    const report = await publish(requiring(world, required, 'core'), { git });
    expect(report).toMatchObject({ exitCode: 3 });
    expect(calls(world, 'publish')).toEqual(['publish npm:core', 'publish npm:cli']);
    expect(report.artifacts.map(({ outcome, state }) => [outcome, state])).toEqual([
      [undefined, 'absent'],
      [undefined, 'absent'],
      ['incomplete', 'absent'],
      ['published', 'identical'],
    ]);
    expect(report.problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          code: 'requires-unpublished',
          publisher: 'npm:sdk',
          kind: 'incomplete',
          effect: 'none',
          rerun: 'safe',
          message: expect.stringContaining('without npm:core') as string,
        }),
        expect.objectContaining({ code: 'requires-unpublished', publisher: 'npm:app' }),
      ]),
    );
    expect(await publish(requiring(world, required), { git })).toMatchObject({ exitCode: 0 });
  });

  test('what is on its registry already is not waited for', async () => {
    const world = createFakeWorld();
    const git = createGitWorld();
    await publish(requiring(world, { core: [] }), { git });
    world.log.length = 0;
    expect(await publish(requiring(world, { sdk: ['core'], core: [] }), { git })).toMatchObject({
      exitCode: 0,
    });
    expect(calls(world, 'publish')).toEqual(['publish npm:sdk']);
  });

  test('a cycle is published together, after what it requires', async () => {
    const world = createFakeWorld();
    const required = { a: ['b'], b: ['a', 'core'], core: [], self: ['self'] };
    expect(await publish(requiring(world, required))).toMatchObject({ exitCode: 0 });
    const at = (line: string): number => world.log.indexOf(line);
    expect(at('published npm:core')).toBeLessThan(
      Math.min(at('publish npm:a'), at('publish npm:b')),
    );
    expect(at('publish npm:b')).toBeLessThan(at('published npm:a'));
  });
});
