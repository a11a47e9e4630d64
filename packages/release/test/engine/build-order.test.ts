import { failed, ok, type RequiredArtifact } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { createFakeWorld, type FakeWorld, fake } from '../fake-publisher.ts';
import { createGitWorld } from '../support/git-world.ts';
import { problem, publish } from '../support/run.ts';

/** A publisher that requires others, and asks in `build` what they are called. */
function asking(
  world: FakeWorld,
  name: string,
  names: readonly string[],
  answers: RequiredArtifact[] = [],
) {
  return fake(world, name, {
    override: (real) => ({
      plan: (release) => ({
        ...real.plan(release),
        requires: names.map((one) => ({
          ecosystem: 'npm',
          name: one,
          version: release.versions.npm.version,
        })),
      }),
      async build(plan, step) {
        for (const required of plan.requires ?? []) {
          const { value, problems } = await step.resolve(required);
          if (problems !== undefined) return failed(...problems);
          answers.push(value);
        }
        world.log.push(`asked npm:${name}`);
        return real.build(plan, step);
      },
      describe: async ({ plan, built }) => {
        world.log.push(`describe npm:${name}`);
        const [coordinate] = plan.coordinates;
        if (coordinate === undefined) throw new Error('no coordinate');
        const checksums = { digest: built?.artifacts[0]?.digest ?? 'published' };
        return ok({ coordinate, checksums, requires: [] });
      },
    }),
  });
}

test('a build waits for those that it asks for, whatever the order of the definition', async () => {
  const world = createFakeWorld();
  const many = Array.from({ length: 20 }, (_, at) => asking(world, `x${at}`, ['core']));
  const publishers = [...many, asking(world, 'mid', ['core']), asking(world, 'core', [])];
  expect(await publish(publishers)).toMatchObject({ exitCode: 0, problems: [] });
  const { log } = world;
  expect(log.indexOf('built npm:core')).toBeLessThan(log.indexOf('asked npm:mid'));
  // One publisher has one workspace: it is asked once.
  expect(log.filter((line) => line === 'describe npm:core')).toHaveLength(1);
});

test('a build learns what the registry has of an artifact that is not built again', async () => {
  const world = createFakeWorld();
  const git = createGitWorld();
  const answers: RequiredArtifact[] = [];
  const publishers = [asking(world, 'a', ['core'], answers), asking(world, 'core', [])];
  await publish(publishers, { git, only: ['npm:core'] });
  expect(await publish(publishers, { git, only: ['npm:a'] })).toMatchObject({ exitCode: 0 });
  expect(await publish(publishers, { git })).toMatchObject({ exitCode: 0, problems: [] });
  expect(answers.map(({ checksums }) => checksums)).toEqual([{ digest: 'published' }]);
});

test('a build that fails stops those that ask for it, each with the reason', async () => {
  const world = createFakeWorld();
  const core = fake(world, 'core', {
    override: () => ({ build: async () => failed(problem('incomplete')) }),
  });
  const report = await publish([asking(world, 'a', ['core']), core]);
  expect(report).toMatchObject({
    exitCode: 3,
    problems: [
      { code: 'requires-unbuilt', publisher: 'npm:a' },
      { code: 'test-incomplete', publisher: 'npm:core' },
    ],
  });
  expect(world.artifacts.size).toBe(0);
});

test('builds that ask for each other end in a problem instead of waiting for ever', async () => {
  const world = createFakeWorld();
  const report = await publish([asking(world, 'a', ['b']), asking(world, 'b', ['a'])]);
  expect(report.exitCode).toBe(3);
  expect(new Set(report.problems.map(({ code }) => code))).toEqual(new Set(['requires-unbuilt']));
});

test('artifacts that require each other and do not ask are built', async () => {
  const world = createFakeWorld();
  const silent = (name: string, other: string) =>
    fake(world, name, {
      override: (real) => ({
        plan: (release) => ({
          ...real.plan(release),
          requires: [{ ecosystem: 'npm', name: other, version: release.versions.npm.version }],
        }),
      }),
    });
  expect(await publish([silent('a', 'b'), silent('b', 'a')])).toMatchObject({ exitCode: 0 });
});
