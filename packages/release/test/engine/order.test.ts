import { failed } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { calls, createFakeWorld, fake } from '../fake-publisher.ts';
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
