import { InvalidInputError } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { parseApproved } from '../../src/engine/approved.ts';
import { calls, createFakeWorld, type FakeWorld, fake } from '../fake-publisher.ts';
import { createGitWorld } from '../support/git-world.ts';
import { plan, problem, publish } from '../support/run.ts';

test('--only publishes those alone, and plans with the members of all', async () => {
  const world = createFakeWorld();
  const members: string[][] = [];
  const watching = (name: string) =>
    fake(world, name, {
      override: (real) => ({
        plan: (release) => {
          members.push(release.members.map((member) => member.name));
          return real.plan(release);
        },
      }),
    });
  const report = await publish([watching('a'), watching('b')], { only: ['npm:b'] });
  expect(report.artifacts.map(({ publisher }) => publisher)).toEqual(['npm:b']);
  expect([...world.artifacts.keys()]).toEqual(['npm:b@0.1.0-dev.20251113153211']);
  expect(new Set(members.map(String))).toEqual(new Set(['a,b']));
});

test('an unknown id is named with the known ones; nothing is asked', async () => {
  const world = createFakeWorld();
  const report = await publish([fake(world, 'a')], { only: ['npm:x'] });
  expect(report).toMatchObject({
    exitCode: 2,
    problems: [{ code: 'unknown-publisher', message: 'only: expected one of npm:a, got "npm:x"' }],
  });
  expect(world.log).toEqual([]);
});

test('an id that is nearly one is asked about', async () => {
  const world = createFakeWorld();
  const report = await publish([fake(world, 'alpha'), fake(world, 'beta')], {
    only: ['npm:alhpa'],
  });
  expect(report.problems).toMatchObject([
    { code: 'unknown-publisher', hint: 'Did you mean "npm:alpha"?' },
  ]);
});

test('an artifact listed twice is refused; nothing is asked', async () => {
  const world = createFakeWorld();
  const report = await publish([fake(world, 'a'), fake(world, 'a')]);
  expect(report).toMatchObject({ exitCode: 2, problems: [{ code: 'duplicate-publisher' }] });
  expect(world.log).toEqual([]);
});

test('a list in the list is taken as its entries', async () => {
  const world = createFakeWorld();
  const report = await publish([fake(world, 'a'), [fake(world, 'b'), fake(world, 'c')]]);
  expect(report.artifacts.map(({ publisher }) => publisher)).toEqual(['npm:a', 'npm:b', 'npm:c']);
});

test('without publishers there is nothing that could be said to have converged', async () => {
  expect(await publish([])).toMatchObject({
    exitCode: 2,
    problems: [{ code: 'nothing-to-publish' }],
  });
});

test('every publisher that cannot be opened or planned is told, with its label; a bug in one is told as such', async () => {
  const world = createFakeWorld();
  const wrong = {
    label: 'npm(packages/x)',
    open: async () => {
      throw new InvalidInputError({ field: 'directory', expected: 'a package' });
    },
  };
  const broken = {
    label: 'npm(packages/y)',
    open: async () => {
      throw new TypeError('y is undefined');
    },
  };
  const unplannable = fake(world, 'a', {
    override: () => ({
      plan: () => {
        throw new InvalidInputError({ field: 'range', expected: 'a range' });
      },
    }),
  });
  const report = await publish([wrong, broken, unplannable, fake(world, 'b')], {
    only: ['npm:a', 'npm:b', 'npm:x'],
  });
  expect(report.exitCode).toBe(2);
  expect(report.problems.map(({ message }) => message)).toEqual([
    'npm(packages/x): directory: expected a package',
    'npm(packages/y) failed to be opened: y is undefined',
    'npm:a: range: expected a range',
  ]);
  expect(world.log).toEqual([]);
});

test('a dirty tree and a wrong publisher are told together; nothing is asked', async () => {
  const world = createFakeWorld();
  const git = createGitWorld();
  git.write('forgotten.txt', 'x');
  const report = await publish([fake(world, 'a'), fake(world, 'a')], { git });
  expect(report.exitCode).toBe(2);
  expect(report.problems.map(({ code }) => code)).toEqual(['dirty-tree', 'duplicate-publisher']);
  expect(report.problems[0]?.message).toContain('forgotten.txt');
  expect(world.log).toEqual([]);
});

test('the commit is built, whatever the working tree holds', async () => {
  const world = createFakeWorld();
  const git = createGitWorld();
  git.write('.gitignore', 'ignored\n');
  git.commit();
  git.write('ignored', 'x');
  let seen: string[] = [];
  const looking = fake(world, 'a', {
    override: (real) => ({
      build: async (of, step) => {
        const { readdir } = await import('node:fs/promises');
        seen = await readdir(step.checkout);
        return real.build(of, step);
      },
    }),
  });
  expect((await publish([looking], { git })).exitCode).toBe(0);
  expect(seen.toSorted()).toEqual(['.git', '.gitignore', 'packages']);
});

test('an approved plan that still holds is carried out', async () => {
  const world = createFakeWorld();
  const git = createGitWorld();
  const approved = parseApproved(
    JSON.stringify(await plan([fake(world, 'a')], { git })),
    'plan.json',
  );
  expect((await publish([fake(world, 'a')], { git, approved })).exitCode).toBe(0);
});

test('a plan that says anything else stops the run before any request: another commit, artifact, pointer or registry', async () => {
  const world = createFakeWorld();
  const git = createGitWorld();
  const approved = await plan([fake(world, 'a')], { git });
  const attempt = async (publishers: Parameters<typeof publish>[0]) =>
    publish(publishers, { git, approved });
  world.log.length = 0;
  const more = await attempt([fake(world, 'a'), fake(world, 'b')]);
  expect(more).toMatchObject({ exitCode: 2, problems: [{ code: 'plan-differs' }] });
  expect(more.problems[0]?.message).toContain(
    'also npm:b@0.1.0-dev.20251113153211 at memory://registry',
  );
  const pointer = await attempt([fake(world, 'a', { pointers: ['dev', 'latest'] })]);
  expect(pointer.problems[0]?.message).toContain('also npm:a latest to 0.1.0-dev.20251113153211');
  const elsewhere = fake(world, 'a', {
    override: (real) => ({
      plan: (release) => ({ ...real.plan(release), registry: 'memory://evil' }),
    }),
  });
  expect((await attempt([elsewhere])).problems[0]?.message).toContain('memory://evil');
  const tagged = { ...approved, release: { ...approved.release, channel: 'release' as const } };
  expect(
    (await publish([fake(world, 'a')], { git, approved: tagged })).problems[0]?.message,
  ).toContain('channel release, now dev');
  git.commit('another', '2025-11-13T16:32:12+01:00');
  expect((await attempt([fake(world, 'a')])).problems[0]?.message).toMatch(
    /commit [0-9a-f]{40}, now [0-9a-f]{40}/,
  );
  expect(world.log).toEqual([]);
});

test.each([
  ['no JSON', 'no json'],
  ['null', 'null'],
  [
    'another command’s report',
    '{"schema":"ameide-release/report/2","command":"publish","release":{},"artifacts":[],"pointers":[]}',
  ],
  [
    'no release',
    '{"schema":"ameide-release/report/2","command":"plan","artifacts":[],"pointers":[]}',
  ],
  [
    'artifacts of nothing',
    '{"schema":"ameide-release/report/2","command":"plan","release":{"sha":"a","channel":"dev"},"artifacts":[null],"pointers":[]}',
  ],
  [
    'a future schema',
    '{"schema":"ameide-release/report/2","command":"plan","artifacts":[],"pointers":[]}',
  ],
])('%s is no plan', (_, text) => {
  expect(() => parseApproved(text, 'plan.json')).toThrow(
    expect.objectContaining({ code: 'plan-unreadable', field: 'plan' }),
  );
});

describe('--only leaves out what the others cannot be installed without', () => {
  const needing = (world: FakeWorld) =>
    fake(world, 'a', {
      override: (real) => ({
        plan: (release) => ({
          ...real.plan(release),
          requires: [{ ecosystem: 'npm', name: 'b', version: release.versions.npm.version }],
        }),
      }),
    });

  test('it is refused before anything is built', async () => {
    const world = createFakeWorld();
    const report = await publish([needing(world), fake(world, 'b')], { only: ['npm:a'] });
    expect(report).toMatchObject({
      exitCode: 3,
      problems: [
        {
          code: 'requires-unpublished',
          publisher: 'npm:a',
          hint: expect.stringContaining('--only npm:b') as string,
        },
      ],
    });
    expect(calls(world, 'build', 'publish')).toEqual([]);
  });

  test.each([
    ['does not say', { state: 'unknown' }, 3, 'registry-no-answer'],
    [
      'refuses the token',
      { state: 'unknown', problem: problem('authentication') },
      6,
      'test-authentication',
    ],
    [
      'holds another commit’s',
      { state: 'conflict', sha: 'e'.repeat(40) },
      4,
      'built-from-another-commit',
    ],
  ] as const)('a registry that %s is not one that has none', async (_, finding, exitCode, code) => {
    const world = createFakeWorld();
    const other = fake(world, 'b', {
      override: () => ({
        inspect: async (subject) =>
          ('plan' in subject ? subject.plan.coordinates : []).map((coordinate) => ({
            coordinate,
            ...finding,
          })),
      }),
    });
    expect(await publish([needing(world), other], { only: ['npm:a'] })).toMatchObject({
      exitCode,
      problems: [{ code }],
    });
    expect(calls(world, 'build', 'publish')).toEqual([]);
  });

  test('a needed publisher that fails is told as such', async () => {
    const world = createFakeWorld();
    const broken = fake(world, 'b', {
      override: () => ({
        inspect: async () => {
          throw new TypeError('x is undefined');
        },
      }),
    });
    const report = await publish([needing(world), broken], { only: ['npm:a'] });
    expect(report).toMatchObject({ exitCode: 3, problems: [{ code: 'publisher-failed' }] });
    expect(report.problems[0]?.message).toContain('npm:b failed to inspect');
  });

  test('it is taken once the other is on the registry, and when both are given', async () => {
    const world = createFakeWorld();
    expect((await publish([needing(world), fake(world, 'b')], { only: ['npm:b'] })).exitCode).toBe(
      0,
    );
    expect((await publish([needing(world), fake(world, 'b')], { only: ['npm:a'] })).exitCode).toBe(
      0,
    );
    const other = createFakeWorld();
    expect(
      (await publish([needing(other), fake(other, 'b')], { only: ['npm:a', 'npm:b'] })).exitCode,
    ).toBe(0);
  });
});
