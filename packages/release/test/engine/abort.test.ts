import { existsSync, readdirSync, readlinkSync, statSync, symlinkSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '@ameide/publisher-kit';
import type { Publisher, Step } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { calls, createFakeClock, createFakeWorld, fake } from '../fake-publisher.ts';
import { createGitWorld } from '../support/git-world.ts';
import { plan, problem, publish } from '../support/run.ts';

type Verb = 'check' | 'inspect' | 'build' | 'publish' | 'promote';

const STOP = new Error('stopped by SIGTERM');

/** Stops the run when publisher `a` begins a verb; the verb notices, as every publisher must. */
function stopAt(verb: Verb, world = createFakeWorld(), count = 1) {
  const stop = new AbortController();
  let seen = 0;
  const stopping = async (step: Step): Promise<never> => {
    stop.abort(STOP);
    step.signal.throwIfAborted();
    throw new Error('never reached');
  };
  const override = (real: Publisher): Partial<Publisher> => ({
    check: async (plan, step) => (verb === 'check' ? stopping(step) : real.check(plan, step)),
    inspect: async (subject, step) =>
      verb === 'inspect' && ++seen >= count ? stopping(step) : real.inspect(subject, step),
    build: async (plan, step) => (verb === 'build' ? stopping(step) : real.build(plan, step)),
    publish: async (plan, built, step) =>
      verb === 'publish' ? stopping(step) : real.publish(plan, built, step),
    promote: async (plan, step) =>
      verb === 'promote' ? stopping(step) : ((await real.promote?.(plan, step)) ?? []),
  });
  return {
    world,
    signal: stop.signal,
    publishers: [fake(world, 'a', { override }), fake(world, 'b')],
  };
}

describe('a run that is stopped tells how far it came, and is safe to run again', () => {
  test.each([
    ['check', 1, 'none', 'The release was stopped before anything was sent to a registry.'],
    ['inspect', 1, 'none', 'The release was stopped before anything was sent to a registry.'],
    ['build', 1, 'none', 'The release was stopped before anything was sent to a registry.'],
    [
      'publish',
      1,
      'unknown',
      'The release was stopped after it began to publish versions; no pointer was moved.',
    ],
    [
      'inspect',
      2,
      'unknown',
      'The release was stopped after it began to publish versions; no pointer was moved.',
    ],
    [
      'promote',
      1,
      'unknown',
      'The release was stopped after it began to move pointers; each names what it named before, or this release.',
    ],
  ] as const)('at %s (%i)', async (verb, count, effect, message) => {
    const git = createGitWorld();
    const { world, signal, publishers } = stopAt(verb, createFakeWorld(), count);
    const report = await publish(publishers, { git, signal });
    expect(report).toMatchObject({
      exitCode: 3,
      problems: [{ code: 'interrupted', effect, message, rerun: 'safe' }],
    });
    expect(report.artifacts).toHaveLength(2);
    const again = await publish([fake(world, 'a'), fake(world, 'b')], { git });
    expect(again).toMatchObject({
      exitCode: 0,
      artifacts: [{ state: expect.stringMatching(/identical|same-source/) }, {}],
    });
    const once = await publish([fake(createFakeWorld(), 'a'), fake(createFakeWorld(), 'b')], {
      git,
    });
    expect([...world.artifacts.values()].map(({ digest }) => digest).toSorted()).toEqual(
      once.artifacts.map(({ digest }) => digest ?? '').toSorted(),
    );
  });

  test('what was being published is unknown, not absent as it was before', async () => {
    const { signal, publishers } = stopAt('publish');
    const report = await publish(publishers, { signal });
    expect(report.artifacts).toMatchObject([
      { publisher: 'npm:a', state: 'unknown', outcome: 'unknown' },
      { publisher: 'npm:b', state: 'unknown', outcome: 'published' },
    ]);
    expect(report.pointers.every(({ outcome }) => outcome === undefined)).toBe(true);
  });

  test('no later step begins, and every step of the others has ended', async () => {
    const { world, signal, publishers } = stopAt('build');
    await publish(publishers, { signal });
    expect(calls(world, 'publish', 'promote')).toEqual([]);
    expect(calls(world, 'build')).toHaveLength(calls(world, 'built').length);
  });

  test('what it had begun has ended when it reports', async () => {
    const stop = new AbortController();
    let ended = false;
    const slow = fake(createFakeWorld(), 'a', {
      override: (real) => ({
        check: async () => {
          stop.abort(STOP);
          throw STOP;
        },
        inspect: async (subject, step) => {
          // Longer than it takes to remove the run's folder.
          await new Promise((resolve) => setTimeout(resolve, 200));
          ended = true;
          return real.inspect(subject, step);
        },
      }),
    });
    expect(await publish([slow], { signal: stop.signal })).toMatchObject({
      exitCode: 3,
      problems: [{ code: 'interrupted' }],
    });
    expect(ended).toBe(true);
  });

  test('a signal of several runs stops each, and no run has the signal of another', async () => {
    const stop = new AbortController();
    const seen: AbortSignal[] = [];
    const seeing = fake(createFakeWorld(), 'a', {
      override: (real) => ({
        inspect: async (subject, step) => {
          seen.push(step.signal);
          return real.inspect(subject, step);
        },
      }),
    });
    for (let run = 1; run <= 2; run++) await plan([seeing], { signal: stop.signal });
    const [first, second, ...more] = new Set(seen);
    expect(more).toEqual([]);
    expect(second).toBeDefined();
    stop.abort(STOP);
    expect([first?.reason, second?.reason]).toEqual([STOP, STOP]);
  });

  test('before the first step', async () => {
    const world = createFakeWorld();
    const report = await publish([fake(world, 'a')], { signal: AbortSignal.abort(STOP) });
    expect(report).toMatchObject({
      exitCode: 3,
      problems: [{ code: 'interrupted', effect: 'none' }],
    });
    expect(world.log).toEqual([]);
  });

  test('while it waits for a version to become visible', async () => {
    const world = createFakeWorld();
    const stop = new AbortController();
    const hidden = fake(world, 'a', {
      override: () => ({
        inspect: async (subject) =>
          ('plan' in subject ? subject.plan.coordinates : []).map((coordinate) => ({
            coordinate,
            state: 'absent',
          })),
      }),
    });
    const clock = createFakeClock(() => stop.abort(STOP));
    const report = await publish([hidden], { signal: stop.signal, clock });
    expect(report).toMatchObject({
      exitCode: 3,
      problems: [{ code: 'interrupted', effect: 'unknown' }],
      artifacts: [{ outcome: 'published' }],
    });
  });
});

describe('what fails beside the publishers', () => {
  test('a prepare program that fails: nothing is built', async () => {
    const world = createFakeWorld();
    const argv = [process.execPath, '-e', 'console.error("no lockfile"); process.exit(7)'] as const;
    const report = await publish([fake(world, 'a')], { definition: { prepare: [argv] } });
    expect(report).toMatchObject({
      exitCode: 3,
      problems: [{ code: 'prepare-failed', effect: 'none' }],
    });
    expect(report.problems[0]?.message).toContain('no lockfile');
    expect(calls(world, 'build')).toEqual([]);
  });

  test('a prepare program that is not there is told with everything else, by a plan too; not when nothing is left to build', async () => {
    const world = createFakeWorld();
    const git = createGitWorld();
    const definition = { prepare: [['no-such-program', 'install'] as const] };
    const wrong = fake(world, 'b', {
      override: () => ({ check: async () => [problem('authentication')] }),
    });
    const codes = ['prepare-not-found', 'test-authentication'];
    expect(
      (await plan([fake(world, 'a'), wrong], { git, definition })).problems.map(({ code }) => code),
    ).toEqual(codes);
    expect(
      (await publish([fake(world, 'a'), wrong], { git, definition })).problems.map(
        ({ code }) => code,
      ),
    ).toEqual(codes);
    expect((await publish([fake(world, 'a')], { git })).exitCode).toBe(0);
    expect((await publish([fake(world, 'a')], { git, definition })).exitCode).toBe(0);
  });

  test('a build tool that is not there is told with everything else; not when nothing is left to build', async () => {
    const world = createFakeWorld();
    const git = createGitWorld();
    const unequipped = (): ReturnType<typeof fake> =>
      fake(world, 'a', { override: () => ({ checkTools: async () => [problem('incomplete')] }) });
    const wrong = fake(world, 'b', {
      override: () => ({ check: async () => [problem('authentication')] }),
    });
    const codes = ['test-incomplete', 'test-authentication'];
    for (const run of [plan, publish])
      expect((await run([unequipped(), wrong], { git })).problems.map(({ code }) => code)).toEqual(
        codes,
      );
    expect((await publish([fake(world, 'a')], { git })).exitCode).toBe(0);
    expect((await plan([unequipped()], { git })).exitCode).toBe(0);
    expect((await publish([unequipped()], { git })).exitCode).toBe(0);
  });

  test('a prepare program runs at the root of the copy, sees no token, and its result is what is built from', async () => {
    const world = createFakeWorld();
    process.env['NPM_TOKEN'] = 'npm_planted';
    const script =
      'require("node:fs").writeFileSync("seen.json", JSON.stringify([process.cwd(), process.env.NPM_TOKEN ?? null]))';
    let seen: unknown;
    const looking = fake(world, 'a', {
      override: (real) => ({
        build: async (plan, step) => {
          seen = [
            step.checkout,
            ...JSON.parse(await readFile(join(step.checkout, 'seen.json'), 'utf8')),
          ];
          return real.build(plan, step);
        },
      }),
    });
    const git = createGitWorld();
    const report = await publish([looking], {
      git,
      definition: { prepare: [[process.execPath, '-e', script]] },
    });
    delete process.env['NPM_TOKEN'];
    expect(report.exitCode).toBe(0);
    const [source, cwd, token] = seen as [string, string, null];
    expect(cwd).toBe(source);
    expect(token).toBeNull();
    expect(git.git('status', '--porcelain', '--ignored')).toBe('');
    // The run's folder is gone.
    expect(existsSync(source)).toBe(false);
  });

  test('a submodule that nobody publishes stops nothing', async () => {
    const git = createGitWorld();
    git.git(
      'update-index',
      '--add',
      '--cacheinfo',
      `160000,${git.git('rev-parse', 'HEAD')},vendor/module`,
    );
    git.git('commit', '--quiet', '-m', 'a submodule');
    git.git('checkout', '--quiet', '-f', 'HEAD');
    const world = createFakeWorld();
    const repository = await git.open();
    const clean: Repository = { ...repository, dirtyPaths: async () => [] };
    const report = await publish([fake(world, 'a')], { git, repository: clean });
    expect(report).toMatchObject({ exitCode: 0, problems: [] });
  });

  test('a full disk is told as such', async () => {
    const git = createGitWorld();
    const repository = await git.open();
    const full: Repository = {
      ...repository,
      checkout: async () => {
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
          code: 'ENOSPC',
        });
      },
    };
    const world = createFakeWorld();
    const report = await publish([fake(world, 'a')], { git, repository: full });
    expect(report).toMatchObject({
      exitCode: 3,
      problems: [{ code: 'disk-full', effect: 'none', rerun: 'after-fix' }],
    });
    expect(calls(world, 'build')).toEqual([]);
  });

  test.each([
    ['ENOSPC', 'disk-full'],
    ['EMFILE', 'too-many-files'],
  ])('%s in a publisher is no fault of the publisher', async (code, expected) => {
    const world = createFakeWorld();
    const full = fake(world, 'a', {
      override: () => ({
        build: async () => {
          throw Object.assign(new Error(`${code}: the machine's own words`), { code });
        },
      }),
    });
    const report = await publish([full]);
    expect(report).toMatchObject({
      exitCode: 3,
      problems: [{ code: expected, publisher: 'npm:a', rerun: 'after-fix' }],
    });
    expect(report.problems[0]?.hint).not.toContain('report');
  });

  test('a listener that throws changes nothing', async () => {
    const world = createFakeWorld();
    const onEvent = (): never => {
      throw new Error('the terminal is gone');
    };
    expect((await publish([fake(world, 'a')], { onEvent })).exitCode).toBe(0);
  });
});

describe('a build that writes into its source', () => {
  test('has a copy of its own: no other artifact can hold what it leaves', async () => {
    const world = createFakeWorld();
    const sources: string[] = [];
    const generated: string[] = [];
    const git = createGitWorld();
    const writing = (name: string) =>
      fake(world, name, {
        override: (real) => ({
          buildsFrom: 'own-checkout',
          build: async (plan, step) => {
            sources.push(step.checkout);
            await writeFile(join(step.checkout, 'generated.js'), name, { flag: 'wx' });
            expect(
              JSON.parse(await readFile(join(step.checkout, 'packages/sdk/package.json'), 'utf8')),
            ).toMatchObject({ version: '0.1.0' });
            const built = await real.build(plan, step);
            generated.push(await readFile(join(step.checkout, 'generated.js'), 'utf8'));
            return built;
          },
        }),
      });
    let shared = '';
    const reading = fake(world, 'c', {
      override: (real) => ({
        build: async (plan, step) => {
          shared = step.checkout;
          return real.build(plan, step);
        },
        publish: async (plan, built, step) => {
          expect(generated.toSorted()).toEqual(['a', 'b']);
          expect(existsSync(join(shared, 'packages/sdk/package.json'))).toBe(true);
          expect(existsSync(join(shared, 'generated.js'))).toBe(false);
          return real.publish(plan, built, step);
        },
      }),
    });
    const report = await publish([writing('a'), writing('b'), reading], { git });
    expect(report).toMatchObject({ exitCode: 0, problems: [] });
    expect(new Set(sources).size).toBe(2);
  });

  test('has the very files: their times, and links as they are written', async () => {
    const git = createGitWorld();
    symlinkSync('packages/sdk/package.json', join(git.directory, 'link'));
    git.commit('a link');
    const seen: unknown[] = [];
    const looking = fake(createFakeWorld(), 'a', {
      override: (real) => ({
        buildsFrom: 'own-checkout',
        build: async (plan, step) => {
          const { mtimeMs } = statSync(join(step.checkout, 'packages/sdk/package.json'));
          seen.push(
            new Date(mtimeMs).toISOString(),
            readlinkSync(join(step.checkout, 'link')),
            readdirSync(step.workspace),
          );
          return real.build(plan, step);
        },
      }),
    });
    expect((await publish([looking], { git })).exitCode).toBe(0);
    expect(seen).toEqual(['2025-11-13T15:32:11.000Z', 'packages/sdk/package.json', []]);
  });
});
