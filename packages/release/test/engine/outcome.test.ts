import {
  type Finding,
  InvalidInputError,
  type Problem,
  type Published,
  type Publisher,
} from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import {
  calls,
  createFakeClock,
  createFakeWorld,
  type FakeWorld,
  fake,
} from '../fake-publisher.ts';
import { createGitWorld } from '../support/git-world.ts';
import { plan, problem, publish } from '../support/run.ts';

describe('the exit code', () => {
  const KINDS: readonly (readonly [Problem['kind'], number])[] = [
    ['input', 2],
    ['incomplete', 3],
    ['conflict', 4],
    ['unknown', 5],
    ['authentication', 6],
  ];

  test.each(KINDS)(
    'a problem of the kind %s at the check ends with %i, and nothing is built',
    async (kind, exitCode) => {
      const world = createFakeWorld();
      const report = await publish([
        fake(world, 'a'),
        fake(world, 'b', { override: () => ({ check: async () => [problem(kind)] }) }),
      ]);
      expect(report.exitCode).toBe(exitCode);
      expect(calls(world, 'build', 'publish', 'promote')).toEqual([]);
    },
  );

  test('the gravest decides: a conflict before everything, bad input before a mere failure', async () => {
    const exitOf = async (...kinds: Problem['kind'][]): Promise<number> => {
      const failing = fake(createFakeWorld(), 'a', {
        override: () => ({
          check: async () => kinds.map((kind, index) => problem(kind, { message: String(index) })),
        }),
      });
      return (await publish([failing])).exitCode;
    };
    expect(await exitOf('incomplete', 'input', 'authentication', 'unknown', 'conflict')).toBe(4);
    expect(await exitOf('incomplete', 'input', 'authentication', 'unknown')).toBe(5);
    expect(await exitOf('incomplete', 'input', 'authentication')).toBe(6);
    expect(await exitOf('incomplete', 'input')).toBe(2);
  });

  test('after something was sent it is never "bad input, nothing sent"', async () => {
    const world = createFakeWorld();
    const wrong = fake(world, 'b', {
      override: () => ({
        publish: async (of) =>
          of.coordinates.map((coordinate) => ({
            coordinate,
            outcome: 'incomplete',
            problem: problem('input'),
          })),
      }),
    });
    const throwing = fake(world, 'c', {
      override: () => ({
        publish: async () => {
          throw new InvalidInputError({ field: 'tarball', expected: 'a tarball' });
        },
      }),
    });
    expect((await publish([fake(world, 'a'), wrong])).exitCode).toBe(3);
    expect(await publish([throwing])).toMatchObject({
      exitCode: 5,
      problems: [{ code: 'publisher-failed' }],
    });
  });
});

describe('before anything is built', () => {
  const finding = (state: Finding['state'], more: Partial<Finding> = {}) =>
    fake(createFakeWorld(), 'x', {
      override: () => ({
        inspect: async (subject) =>
          'plan' in subject
            ? subject.plan.coordinates.map((coordinate) => ({ coordinate, state, ...more }))
            : [],
      }),
    });

  test.each([
    ['unknown', finding('unknown'), 3, 'registry-no-answer'],
    [
      'unknown, with its reason',
      finding('unknown', { problem: problem('authentication') }),
      6,
      'test-authentication',
    ],
    ['conflict', finding('conflict', { sha: 'f'.repeat(40) }), 4, 'built-from-another-commit'],
    [
      'an unknown file',
      finding('same-source', { files: [{ name: 'a.whl', state: 'unknown' }] }),
      3,
      'registry-no-answer',
    ],
    [
      'a conflicting file',
      finding('same-source', { files: [{ name: 'a.whl', state: 'conflict' }] }),
      4,
      'built-from-another-commit',
    ],
  ])('%s stops the run', async (_, publisher, exitCode, code) => {
    const world = createFakeWorld();
    const report = await publish([fake(world, 'a'), publisher]);
    expect(report).toMatchObject({
      exitCode,
      problems: [{ code, publisher: 'npm:x', effect: 'none' }],
    });
    expect(calls(world, 'build', 'publish', 'promote')).toEqual([]);
  });

  test('a pointer that cannot be read stops it too, and its place is said to be unknown', async () => {
    const world = createFakeWorld();
    const unreadable = fake(world, 'a', {
      override: () => ({
        pointers: async (of) =>
          of.pointers.map((pointer) => ({ pointer, problem: problem('incomplete') })),
      }),
    });
    const report = await publish([unreadable, fake(world, 'b')]);
    expect(report).toMatchObject({ exitCode: 3, problems: [{ code: 'test-incomplete' }] });
    expect(report.pointers.map(({ now }) => now)).toEqual([undefined, null]);
    expect(calls(world, 'build')).toEqual([]);
  });

  test('every problem of every registry is told at once, each once', async () => {
    const world = createFakeWorld();
    const failing = (name: string) =>
      fake(world, name, {
        override: () => ({
          check: async () => [
            problem('authentication'),
            problem('incomplete', { message: `no tool for ${name}` }),
          ],
          inspect: async (subject) =>
            ('plan' in subject ? subject.plan.coordinates : []).map((coordinate) => ({
              coordinate,
              state: 'unknown',
              problem: problem('authentication'),
            })),
        }),
      });
    const report = await plan([failing('a'), failing('b')]);
    expect(report.exitCode).toBe(6);
    expect(report.problems.map(({ publisher, code }) => `${publisher} ${code}`)).toEqual([
      'npm:a test-authentication',
      'npm:a test-incomplete',
      'npm:b test-authentication',
      'npm:b test-incomplete',
    ]);
  });

  test('a bug in one publisher is that publisher’s, and the others are known', async () => {
    const world = createFakeWorld();
    const broken = fake(world, 'a', {
      override: () => ({
        check: async () => {
          throw new TypeError('x is undefined');
        },
      }),
    });
    const report = await plan([broken, fake(world, 'b')]);
    expect(report).toMatchObject({
      exitCode: 3,
      problems: [
        {
          code: 'publisher-failed',
          publisher: 'npm:a',
          message: 'npm:a failed to check: x is undefined',
          effect: 'none',
        },
      ],
      artifacts: [{ state: 'absent' }, { publisher: 'npm:b', state: 'absent' }],
    });
  });
});

describe('reading back', () => {
  /** Hides what is published until the clock has passed `ms`. */
  function hiddenFor(ms: number) {
    const world = createFakeWorld();
    let now = 0;
    const clock = createFakeClock((time) => (now = time));
    const slow = fake(world, 'a', {
      override: (real) => ({
        inspect: async (subject, step) => {
          const findings = await real.inspect(subject, step);
          return now >= ms
            ? findings
            : findings.map(({ coordinate }) => ({ coordinate, state: 'absent' }));
        },
      }),
    });
    return { world, clock, publishers: [slow] };
  }

  test('what is hidden for less than the budget converges, without a second upload', async () => {
    const { world, clock, publishers } = hiddenFor(59_000);
    const report = await publish(publishers, { clock, definition: { visibleWithinMs: 60_000 } });
    expect(report).toMatchObject({
      exitCode: 0,
      artifacts: [{ outcome: 'published', state: 'identical' }],
    });
    expect(calls(world, 'publish')).toEqual(['publish npm:a']);
    expect(clock.slept.slice(0, 4)).toEqual([250, 500, 1000, 2000]);
    expect(Math.max(...clock.slept)).toBe(10_000);
  });

  test('what stays hidden is unknown: exit 5, no pointer moves, nothing is sent twice', async () => {
    const { world, clock, publishers } = hiddenFor(60_001);
    const report = await publish(publishers, { clock, definition: { visibleWithinMs: 60_000 } });
    expect(report).toMatchObject({
      exitCode: 5,
      artifacts: [{ outcome: 'unknown', state: 'absent' }],
      problems: [{ code: 'not-visible-yet', kind: 'unknown', effect: 'unknown', rerun: 'safe' }],
    });
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(60_000);
    expect(calls(world, 'publish')).toHaveLength(1);
    expect(calls(world, 'promote')).toEqual([]);
  });

  test('what was not published is not waited for', async () => {
    const world = createFakeWorld();
    const clock = createFakeClock();
    const refused = fake(world, 'a', {
      override: () => ({
        publish: async (of) =>
          of.coordinates.map((coordinate) => ({
            coordinate,
            outcome: 'incomplete',
            problem: problem('authentication'),
          })),
      }),
    });
    const report = await publish([refused], { clock });
    expect(report).toMatchObject({
      exitCode: 6,
      problems: [{ code: 'test-authentication' }],
      artifacts: [{ state: 'absent' }],
    });
    expect(report.problems).toHaveLength(1);
    expect(clock.slept).toEqual([]);
  });

  test('a registry that serves other bytes than were sent is a conflict', async () => {
    const world = createFakeWorld();
    const digest = 'sha256:other';
    const swapped = fake(world, 'a', {
      override: (real) => ({
        publish: async (of, built, step) => {
          const outcomes = await real.publish(of, built, step);
          for (const [key, entry] of world.artifacts)
            world.artifacts.set(key, { ...entry, digest });
          return outcomes;
        },
      }),
    });
    const report = await publish([swapped]);
    expect(report).toMatchObject({
      exitCode: 4,
      problems: [{ code: 'other-bytes-served', rerun: 'never', effect: 'committed' }],
      artifacts: [{ outcome: 'published', state: 'same-source', digest }],
    });
    expect(world.pointers.size).toBe(0);
  });

  test('another run’s bytes of the same commit are well: the build need not be reproducible', async () => {
    const world = createFakeWorld();
    const raced = fake(world, 'a', {
      override: (real) => ({
        publish: async (of, built, step) => {
          for (const { name, version } of of.coordinates)
            world.artifacts.set(`npm:${name}@${version}`, { sha: of.sha, digest: 'sha256:theirs' });
          return real.publish(of, built, step);
        },
      }),
    });
    expect(await publish([raced])).toMatchObject({
      exitCode: 0,
      artifacts: [{ outcome: 'already-there', state: 'same-source', digest: 'sha256:theirs' }],
      pointers: [{ outcome: 'moved' }],
    });
  });

  test('another commit’s artifact, read back, is a conflict that is told once', async () => {
    const world = createFakeWorld();
    const taken = fake(world, 'a', {
      override: (real) => ({
        publish: async (of, built, step) => {
          const outcomes = await real.publish(of, built, step);
          for (const key of world.artifacts.keys())
            world.artifacts.set(key, { sha: 'e'.repeat(40), digest: 'sha256:theirs' });
          return outcomes;
        },
      }),
    });
    const report = await publish([taken]);
    expect(report).toMatchObject({
      exitCode: 4,
      // Nobody can say "it wrote nothing" of what was accepted a moment ago.
      problems: [{ code: 'built-from-another-commit', effect: 'unknown' }],
      artifacts: [{ sha: 'e'.repeat(40) }],
    });
    expect(report.problems).toHaveLength(1);
  });

  test('a registry that does not answer afterwards leaves the outcome unknown', async () => {
    const world = createFakeWorld();
    const clock = createFakeClock();
    const down = fake(world, 'a', {
      override: (real) => ({
        inspect: async (subject, step) => {
          if (world.artifacts.size === 0) return real.inspect(subject, step);
          return ('plan' in subject ? subject.plan.coordinates : []).map((coordinate) => ({
            coordinate,
            state: 'unknown',
            problem: problem('incomplete'),
          }));
        },
      }),
    });
    const report = await publish([down], { clock });
    expect(report).toMatchObject({
      exitCode: 5,
      artifacts: [{ outcome: 'unknown', state: 'unknown' }],
      problems: [{ code: 'not-read-back', effect: 'unknown' }],
    });
    expect(report.problems[0]?.message).toMatch(
      /was accepted, but could not be read back: a problem of the kind incomplete$/,
    );
  });

  /** Publishes well, and reads back something else than `state` of it. */
  const readBackAs = (
    world: FakeWorld,
    finding: Partial<Finding>,
    published: Partial<Published> = {},
  ) =>
    fake(world, 'a', {
      override: (real) => ({
        publish: async (of, built, step) =>
          (await real.publish(of, built, step)).map((answer) => ({ ...answer, ...published })),
        inspect: async (subject, step) => {
          const found = await real.inspect(subject, step);
          return world.artifacts.size === 0 ? found : found.map((one) => ({ ...one, ...finding }));
        },
      }),
    });

  test.each([
    [
      'one file of several, of which the digest is not the coordinate’s',
      {
        state: 'same-source',
        files: [{ name: 'a.whl', state: 'same-source', digest: 'sha256:evil' }],
      },
      {},
      'a.whl sha256:evil',
    ],
    [
      'where the publisher told no digest',
      { state: 'same-source', digest: 'sha256:evil' },
      { digest: undefined },
      'sha256:evil',
    ],
  ] as const)(
    'other bytes are never taken for what was sent: %s',
    async (_, finding, published, served) => {
      const world = createFakeWorld();
      const report = await publish([readBackAs(world, finding, published as Partial<Published>)]);
      expect(report).toMatchObject({
        exitCode: 4,
        problems: [{ code: 'other-bytes-served', effect: 'committed' }],
      });
      expect(report.problems[0]?.message).toContain(`the registry serves ${served}.`);
      expect(world.pointers.size).toBe(0);
    },
  );

  test('a new name for what an earlier build of the commit made is well: its digest is what the publisher told', async () => {
    const world = createFakeWorld();
    const theirs = { digest: 'sha256:earlier' };
    const report = await publish([readBackAs(world, { state: 'same-source', ...theirs }, theirs)]);
    expect(report).toMatchObject({
      exitCode: 0,
      artifacts: [{ outcome: 'published', state: 'same-source' }],
      pointers: [{ outcome: 'moved' }],
    });
  });

  /** The answer to the upload is lost; what became of it is for the reading to say. */
  const lost = (
    world: FakeWorld,
    landed: boolean,
    more: (real: Publisher) => Partial<Publisher> = () => ({}),
  ) =>
    fake(world, 'a', {
      override: (real) => ({
        publish: async (of, built, step) => {
          const answers = landed
            ? await real.publish(of, built, step)
            : of.coordinates.map((coordinate) => ({ coordinate }));
          return answers.map(({ coordinate }) => ({
            coordinate,
            outcome: 'unknown',
            problem: problem('unknown'),
          }));
        },
        ...more(real),
      }),
    });

  test('a doubt is settled by what is read: it landed', async () => {
    const world = createFakeWorld();
    expect(await publish([lost(world, true)], { clock: createFakeClock() })).toMatchObject({
      exitCode: 0,
      artifacts: [{ outcome: 'published', state: 'identical' }],
      problems: [],
      pointers: [{ outcome: 'moved' }],
    });
  });

  test('a doubt is settled by what is read, also when it takes a while to show', async () => {
    const world = createFakeWorld();
    let now = 0;
    const clock = createFakeClock((time) => (now = time));
    const slow = lost(world, true, (real) => ({
      inspect: async (subject, step) => {
        const found = await real.inspect(subject, step);
        return now >= 20_000
          ? found
          : found.map(({ coordinate }) => ({ coordinate, state: 'absent' }));
      },
    }));
    expect(await publish([slow], { clock })).toMatchObject({
      exitCode: 0,
      artifacts: [{ outcome: 'published' }],
      problems: [],
    });
  });

  test('a doubt stays one when nothing shows: exit 5, told once', async () => {
    const world = createFakeWorld();
    const report = await publish([lost(world, false)], { clock: createFakeClock() });
    expect(report).toMatchObject({
      exitCode: 5,
      artifacts: [{ outcome: 'unknown', state: 'absent' }],
      problems: [{ code: 'test-unknown' }],
    });
    expect(report.problems).toHaveLength(1);
    expect(calls(world, 'promote')).toEqual([]);
  });
});

describe('what a publisher leaves unsaid is never well', () => {
  test.each([
    ['no outcome at all', [], 5, 'outcome-unknown'],
    ['a conflict without a reason', ['conflict'], 4, 'conflict'],
    ['a failure without a reason', ['incomplete'], 3, 'not-published'],
  ] as const)('%s', async (_, outcomes, exitCode, code) => {
    const world = createFakeWorld();
    const quiet = fake(world, 'a', {
      override: () => ({
        publish: async (of) =>
          of.coordinates
            .slice(0, outcomes.length)
            .map((coordinate, index) => ({ coordinate, outcome: outcomes[index] ?? 'unknown' })),
      }),
    });
    const report = await publish([quiet], { clock: createFakeClock() });
    expect(report).toMatchObject({ exitCode, problems: [{ code }] });
    expect(calls(world, 'promote')).toEqual([]);
  });

  test('a pointer it does not mention, or holds without a reason, was not moved', async () => {
    const world = createFakeWorld();
    const quiet = fake(world, 'a', {
      pointers: ['dev', 'latest'],
      override: () => ({
        promote: async (of) =>
          of.pointers.slice(0, 1).map((pointer) => ({ pointer, outcome: 'blocked' })),
      }),
    });
    const report = await publish([quiet]);
    expect(report).toMatchObject({
      exitCode: 3,
      pointers: [{ outcome: 'blocked' }, { outcome: 'blocked' }],
    });
    expect(report.problems.map(({ message }) => message)).toEqual([
      'The pointer dev of npm:a could not be moved safely.',
      'The pointer latest of npm:a could not be moved safely.',
    ]);
  });

  test('a superseded pointer is a success', async () => {
    const world = createFakeWorld();
    const newer = fake(world, 'a', {
      override: () => ({
        promote: async (of) =>
          of.pointers.map((pointer) => ({ pointer, outcome: 'superseded', from: '9.0.0' })),
      }),
    });
    expect(await publish([newer], { git: createGitWorld() })).toMatchObject({
      exitCode: 0,
      pointers: [{ outcome: 'superseded', now: '9.0.0' }],
    });
  });
});
