import {
  type Coordinate,
  failed,
  ok,
  type PointerFinding,
  type Publisher,
  parseCoordinate,
} from '@ameide/versioning-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { type PruneOptions, pruneRelease } from '../src/prune/prune.ts';
import type { PrunedVersion } from '../src/prune/prune-report.ts';
import { calls, createFakeWorld, type FakeWorld, fake } from './fake-publisher.ts';
import { createGitWorld, type GitWorld, VERSION_FILE } from './support/git-world.ts';
import { problem, publish } from './support/run.ts';

const NOW = Date.parse('2025-12-01T00:00:00Z') / 1000;

let git: GitWorld;
let world: FakeWorld;

beforeEach(() => {
  git = createGitWorld();
  world = createFakeWorld();
});

/** A fake whose registry lists and removes. */
function removing(name: string, changes: (real: Publisher) => Partial<Publisher> = () => ({})) {
  return fake(world, name, {
    override: (real) => ({
      versions: async () => ok({ versions: listed(name), pointers: pointers(name) }),
      checkRemoval: async () => {
        world.log.push(`check-removal npm:${name}`);
        return [];
      },
      remove: async (_plan, coordinates) => {
        world.log.push(`remove npm:${name}`);
        return coordinates.map((coordinate) => {
          const wasThere = world.artifacts.delete(text(coordinate));
          return { coordinate, outcome: wasThere ? 'removed' : 'gone' };
        });
      },
      ...changes(real),
    }),
  });
}

function text({ name, version }: Coordinate): string {
  return `npm:${name}@${version}`;
}

function listed(name: string) {
  return [...world.artifacts].flatMap(([key, { sha, digest }]) => {
    const coordinate = parseCoordinate(key);
    return coordinate.name === name ? [{ coordinate, sha, digest }] : [];
  });
}

function pointers(name: string): readonly PointerFinding[] {
  return [...world.pointers].flatMap(([key, version]) => {
    const [of, pointer = ''] = key.split(' ');
    if (of !== name) return [];
    return [{ pointer: { ecosystem: 'npm', name, pointer, version: '' } as const, version }];
  });
}

/** A version that only names its commit, as an image's tag does. */
function commitTag(sha: string) {
  return { coordinate: { ecosystem: 'npm', name: 'b', version: sha }, sha } as const;
}

function naming(sha: string): PointerFinding {
  const pointer = { ecosystem: 'npm', name: 'b', pointer: 'dev', version: '' } as const;
  return { pointer, version: '0.1.0-dev.1', sha };
}

/** Publishes a dev build of a new commit, made on this day of November 2025. */
async function build(day: number, publishers = [removing('a')], only: readonly string[] = []) {
  git.write('day', String(day));
  const sha = git.commit(`day ${day}`, `2025-11-${String(day).padStart(2, '0')}T12:00:00+00:00`);
  const report = await publish(publishers, { git, only });
  expect(report.problems).toEqual([]);
  return sha;
}

/** Makes the repository a clone that has none of the commits and tags before. */
function forget(): void {
  const refs = git.git('for-each-ref', '--format=%(refname)', 'refs/heads', 'refs/tags');
  git.git('checkout', '--quiet', '--orphan', 'elsewhere');
  git.commit('another history', '2025-11-20T12:00:00+00:00');
  for (const ref of refs.split('\n').filter(Boolean)) git.git('update-ref', '-d', ref);
  git.git('reflog', 'expire', '--expire=now', '--all');
  git.git('gc', '--quiet', '--prune=now');
}

async function prune(
  changes: Partial<PruneOptions>,
  publishers: readonly ReturnType<typeof fake>[] = [removing('a')],
) {
  return pruneRelease({
    repository: await git.open(),
    definition: { versionFile: VERSION_FILE, publishers },
    now: NOW,
    ...changes,
  });
}

/** `a 20251120120000 keep newest`, without what all have. */
function decided(versions: readonly PrunedVersion[]): readonly string[] {
  return versions.map(({ action, coordinate, outcome, reason }) => {
    const [, name, stamp] = /^npm:(\w+)@.*?(\d{14})?$/.exec(coordinate) ?? [];
    return [name, stamp?.slice(6, 8) ?? coordinate, action, reason ?? outcome ?? '']
      .join(' ')
      .trim();
  });
}

describe('a plan', () => {
  test('keeps the newest commits, and removes nothing', async () => {
    for (const day of [14, 15, 16, 17]) await build(day);
    const before = [...world.artifacts];
    const report = await prune({ keep: 2 });
    expect(report).toMatchObject({ status: 'converged', exitCode: 0, isPlan: true, problems: [] });
    expect(decided(report.versions)).toEqual([
      'a 17 keep pointer',
      'a 16 keep newest',
      'a 15 remove',
      'a 14 remove',
    ]);
    expect([...world.artifacts]).toEqual(before);
    expect(calls(world, 'remove')).toEqual([]);
  });

  test('keeps what is young, by its commit or by its upload', async () => {
    for (const day of [14, 26, 28]) await build(day);
    const uploaded = removing('a', () => ({
      versions: async () =>
        ok({
          versions: listed('a').map((one, index) =>
            index === 0 ? { ...one, publishedAt: '2025-11-30T00:00:00Z' } : one,
          ),
          pointers: pointers('a'),
        }),
    }));
    const rule = { youngerThanDays: 4 };
    expect(decided((await prune(rule)).versions)).toEqual([
      'a 28 keep pointer',
      'a 26 remove',
      'a 14 remove',
    ]);
    expect(decided((await prune(rule, [uploaded])).versions)).toEqual([
      'a 28 keep pointer',
      'a 26 remove',
      'a 14 keep young',
    ]);
  });

  test('needs a rule', async () => {
    await expect(prune({})).rejects.toMatchObject({ code: 'prune-rule-missing' });
  });

  test('keeps a commit that is released, also one whose tag came later', async () => {
    const sha = await build(14);
    await build(15);
    await build(16);
    git.git('tag', 'v0.1.0', sha);
    const report = await prune({ keep: 0 });
    expect(decided(report.versions)).toEqual([
      'a 16 keep pointer',
      'a 15 remove',
      'a 14 keep release',
    ]);
  });

  test('does not count released commits among the newest', async () => {
    await build(14);
    await build(15);
    const released = await build(16);
    git.git('tag', 'v0.1.0', released);
    world.pointers.delete('a dev');
    expect(decided((await prune({ keep: 1 })).versions)).toEqual([
      'a 16 keep release',
      'a 15 keep newest',
      'a 14 remove',
    ]);
  });

  test('keeps what a pointer names that was moved back', async () => {
    for (const day of [14, 15, 16]) await build(day);
    world.pointers.set('a dev', '0.1.0-dev.20251114120000');
    expect(decided((await prune({ keep: 0 })).versions)).toEqual([
      'a 16 remove',
      'a 15 remove',
      'a 14 keep pointer',
    ]);
  });

  test('keeps together what was built together', async () => {
    const both = [removing('a'), removing('b')];
    for (const day of [14, 15, 16]) await build(day, both);
    world.pointers.set('b dev', '0.1.0-dev.20251114120000');
    const report = await prune({ keep: 1 }, both);
    expect(decided(report.versions).toSorted()).toEqual([
      'a 14 keep pointer',
      'a 15 remove',
      'a 16 keep pointer',
      'b 14 keep pointer',
      'b 15 remove',
      'b 16 keep pointer',
    ]);
  });

  test('keeps what a build of one artifact alone left the others at', async () => {
    const both = [removing('a'), removing('b')];
    await build(14, both);
    await build(15, both);
    await build(16, both, ['npm:a']);
    world.pointers.delete('b dev');
    expect(decided((await prune({ keep: 1 }, both)).versions)).toEqual([
      'a 16 keep pointer',
      'a 15 remove',
      'b 15 keep current',
      'a 14 remove',
      'b 14 remove',
    ]);
  });

  test('a commit that was released without a dev build needs no earlier dev build', async () => {
    const both = [removing('a'), removing('b')];
    for (const day of [14, 15]) await build(day, both);
    git.write('day', '16');
    const sha = git.commit('day 16', '2025-11-16T12:00:00+00:00');
    git.git('tag', 'v0.1.0', sha);
    expect((await publish(both, { git })).problems).toEqual([]);
    // As of an image: the tag of the commit looks like a dev build, and belongs to the release.
    world.artifacts.set('npm:b@0.1.0-dev.20251116120000', { sha, digest: 'sha256:0' });
    world.pointers.clear();
    expect(decided((await prune({ keep: 0 }, both)).versions)).toEqual([
      'b 16 keep release',
      'a 15 remove',
      'b 15 remove',
      'a 14 remove',
      'b 14 remove',
    ]);
  });

  test('never removes what another tool made, or a version of unknown age', async () => {
    await build(14);
    await build(15);
    for (const version of ['0.0.1-canary.7', '0.0.1-beta.1', '2.0.0'])
      world.artifacts.set(`npm:a@${version}`, { sha: 'e'.repeat(40), digest: 'sha256:0' });
    const report = await prune({ keep: 0, yes: true });
    expect(decided(report.versions)).toEqual([
      'a 15 keep pointer',
      'a 14 remove removed',
      'a npm:a@0.0.1-canary.7 keep foreign',
      'a npm:a@0.0.1-beta.1 keep foreign',
    ]);
    expect(world.artifacts.has('npm:a@2.0.0')).toBe(true);
  });

  test('keeps a released commit that this clone has neither the tag nor the commit of', async () => {
    await build(14);
    const released = await build(15);
    await build(16);
    git.git('tag', 'v0.1.0', released);
    git.git('checkout', '--quiet', released);
    expect((await publish([removing('a')], { git })).problems).toEqual([]);
    world.pointers.set('a dev', '0.1.0-dev.20251116120000');
    forget();
    const report = await prune({ keep: 0 });
    expect(decided(report.versions)).toEqual([
      'a 16 keep pointer',
      'a 15 keep release',
      'a 14 remove',
    ]);
  });

  test('asks for the commit of a release that the list and this clone do not tell', async () => {
    const untold = (real: Publisher): Partial<Publisher> => ({
      versions: async () =>
        ok({ versions: listed('b').map(({ coordinate }) => ({ coordinate })), pointers: [] }),
      inspect: async (subject, step) => {
        if ('coordinate' in subject) world.log.push(`inspect ${subject.coordinate.version}`);
        return real.inspect(subject, step);
      },
    });
    const both = [removing('a'), removing('b', untold)];
    const released = await build(14, both, ['npm:a']);
    await build(15, both, ['npm:a']);
    world.artifacts.set('npm:b@0.1.0', { sha: released, digest: 'sha256:0' });
    expect(decided((await prune({ keep: 0 }, both)).versions)).toEqual([
      'a 15 keep pointer',
      'a 14 keep release',
    ]);
    expect(calls(world, 'inspect')).toContain('inspect 0.1.0');
    const silent = removing('b', (real) => ({
      ...untold(real),
      inspect: async (subject, step) =>
        'coordinate' in subject ? [] : real.inspect(subject, step),
    }));
    const report = await prune({ keep: 0, yes: true }, [removing('a'), silent]);
    expect(report).toMatchObject({ exitCode: 3, problems: [{ code: 'registry-no-answer' }] });
    expect(calls(world, 'remove')).toEqual([]);
  });

  test('removes, and keeps, by its commit what tells no time, in a clone without that commit', async () => {
    const shas = [];
    for (const day of [14, 15, 16]) shas.push(await build(day));
    const [first = '', second = ''] = shas;
    const image = removing('b', () => ({
      versions: async () =>
        ok({ versions: [first, second].map(commitTag), pointers: [naming(second)] }),
    }));
    forget();
    const report = await prune({ keep: 0 }, [removing('a'), image]);
    expect(decided(report.versions)).toEqual([
      'a 16 keep pointer',
      'a 15 keep pointer',
      `b npm:b@${second} keep pointer`,
      'a 14 remove',
      `b npm:b@${first} remove`,
    ]);
  });

  test('counts a day’s version and the commits of that day once', async () => {
    // Another registry’s list does not say which commits its versions are of.
    for (const day of [14, 15, 16]) {
      await build(day);
      world.artifacts.set(`npm:b@0.1.0-dev.202511${day}`, { sha: '', digest: 'sha256:0' });
    }
    world.pointers.delete('a dev');
    const b = removing('b', () => ({
      versions: async () =>
        ok({ versions: listed('b').map(({ coordinate }) => ({ coordinate })), pointers: [] }),
    }));
    const report = await prune({ keep: 2 }, [removing('a'), b]);
    expect(decided(report.versions)).toEqual([
      'a 16 keep newest',
      'b npm:b@0.1.0-dev.20251116 keep newest',
      'a 15 keep newest',
      'b npm:b@0.1.0-dev.20251115 keep newest',
      'a 14 remove',
      'b npm:b@0.1.0-dev.20251114 remove',
    ]);
  });

  test.each([
    { keep: Number.NaN },
    { keep: -1 },
    { keep: 1.5 },
    { youngerThanDays: Number.NaN },
    { youngerThanDays: -1 },
    { keep: 1, now: Number.NaN },
  ])('refuses a rule that is no number: %j', async (rule) => {
    await build(14);
    await expect(prune({ ...rule, yes: true })).rejects.toMatchObject({ code: 'invalid-input' });
    expect(world.artifacts.size).toBe(1);
  });

  test('says from which registries nothing can be removed', async () => {
    const report = await prune({ keep: 1 }, [removing('a'), fake(world, 'b')]);
    expect(report.notes).toEqual([
      'npm:b is left alone: prune cannot remove versions from its registry.',
    ]);
    await expect(
      prune({ keep: 1, only: ['npm:b'] }, [removing('a'), fake(world, 'b')]),
    ).rejects.toMatchObject({ code: 'unknown-publisher' });
  });
});

describe('with --yes', () => {
  test('removes what the plan says, and the second run has nothing to do', async () => {
    for (const day of [14, 15, 16, 17]) await build(day);
    const plan = await prune({ keep: 2 });
    const done = await prune({ keep: 2, yes: true });
    expect(done).toMatchObject({ status: 'converged', isPlan: false });
    expect(done.versions.map(({ action }) => action)).toEqual(
      plan.versions.map(({ action }) => action),
    );
    expect([...world.artifacts.keys()]).toEqual([
      'npm:a@0.1.0-dev.20251116120000',
      'npm:a@0.1.0-dev.20251117120000',
    ]);
    const again = await prune({ keep: 2, yes: true });
    expect(again.versions.filter(({ action }) => action === 'remove')).toEqual([]);
    expect(calls(world, 'remove')).toHaveLength(1);
  });

  test('removes nothing from a clone of another repository, or of an unknown one', async () => {
    for (const day of [14, 15]) await build(day);
    const definition = {
      versionFile: VERSION_FILE,
      repository: 'https://github.com/acme/mono',
      publishers: [removing('a')],
    };
    const ask = { definition, keep: 0, yes: true } as const;
    await expect(prune(ask)).rejects.toMatchObject({ code: 'unknown-origin' });
    await expect(
      prune({ ...ask, origin: 'https://github.com/mallory/mono' }),
    ).rejects.toMatchObject({ code: 'other-origin' });
    expect(calls(world, 'remove')).toEqual([]);
    const report = await prune({ ...ask, origin: 'https://github.com/acme/mono' });
    expect(report).toMatchObject({ status: 'converged' });
    expect(calls(world, 'remove')).toHaveLength(1);
  });

  test('removes from the chosen registries only', async () => {
    const both = [removing('a'), removing('b')];
    for (const day of [14, 15]) await build(day, both);
    await prune({ keep: 1, yes: true, only: ['npm:b'] }, both);
    expect([...world.artifacts.keys()].toSorted()).toEqual([
      'npm:a@0.1.0-dev.20251114120000',
      'npm:a@0.1.0-dev.20251115120000',
      'npm:b@0.1.0-dev.20251115120000',
    ]);
  });

  test.each([
    ['cannot be read', () => ({ versions: async () => failed(problem('unknown')) }), 5],
    ['does not allow it', () => ({ checkRemoval: async () => [problem('authentication')] }), 6],
  ] as const)('removes nothing anywhere if one registry %s', async (_what, change, exitCode) => {
    const both = [removing('a'), removing('b')];
    for (const day of [14, 15]) await build(day, both);
    const report = await prune({ keep: 1, yes: true }, [removing('a'), removing('b', change)]);
    expect(report.exitCode).toBe(exitCode);
    expect(calls(world, 'remove')).toEqual([]);
    expect(world.artifacts.size).toBe(4);
  });

  test('a removal that is not reported is unknown, not done', async () => {
    for (const day of [14, 15]) await build(day);
    const report = await prune({ keep: 1, yes: true }, [
      removing('a', () => ({ remove: async () => [] })),
    ]);
    expect(report).toMatchObject({ exitCode: 5, problems: [{ code: 'not-removed' }] });
    expect(decided(report.versions)).toEqual(['a 15 keep pointer', 'a 14 remove unknown']);
  });

  test('what a registry keeps for something else is reported, and is no failure', async () => {
    for (const day of [14, 15]) await build(day);
    const keeping = removing('a', () => ({
      remove: async (_plan, coordinates) =>
        coordinates.map((coordinate) => ({ coordinate, outcome: 'kept', reason: 'same bytes' })),
    }));
    const report = await prune({ keep: 1, yes: true }, [keeping]);
    expect(report.exitCode).toBe(0);
    expect(report.versions[1]).toMatchObject({ outcome: 'kept', explanation: 'same bytes' });
  });
});
