import { describe, expect, test } from 'vitest';
import { moveReleasePointer, traceCoordinate, tracePointer } from '../../src/index.ts';
import { createFakeWorld, type FakeOptions, type FakeWorld, fake } from '../fake-publisher.ts';
import { createGitWorld, VERSION_FILE } from '../support/git-world.ts';
import { plan, publish } from '../support/run.ts';

// A package that one release publishes to two registries.

const PUBLIC = 'https://registry.example';
const PRIVATE = 'https://packages.corp.example/npm/';
const IDS = ['npm:a#registry.example', 'npm:a#packages.corp.example/npm'];

function at(registry: string, world: FakeWorld, name = 'a', options: FakeOptions = {}) {
  return fake(world, name, {
    ...options,
    override: (real) => ({
      plan: (release) => ({ ...real.plan(release), registry }),
      ...options.override?.(real),
    }),
  });
}

/** Each registry has a world of its own. */
function two() {
  const worlds = { open: createFakeWorld(), corp: createFakeWorld() };
  return { ...worlds, publishers: [at(PUBLIC, worlds.open), at(PRIVATE, worlds.corp)] };
}

const version = 'npm:a@0.1.0-dev.20251113153211';

test('each registry gets the package, and the report says which is which', async () => {
  const { corp, open, publishers } = two();
  const report = await publish(publishers);
  expect(report).toMatchObject({ exitCode: 0, problems: [] });
  expect(report.artifacts).toMatchObject([
    { publisher: IDS[0], registry: PUBLIC, coordinate: version, outcome: 'published' },
    { publisher: IDS[1], registry: PRIVATE, coordinate: version, outcome: 'published' },
  ]);
  expect(report.pointers.map(({ publisher }) => publisher)).toEqual(IDS);
  expect([...open.artifacts.keys()]).toEqual([version]);
  expect([...corp.artifacts.keys()]).toEqual([version]);
});

test('a run finishes at the registry that lacks it, and writes nothing to the other', async () => {
  const git = createGitWorld();
  const { corp, open, publishers } = two();
  await publish(publishers, { git, only: [IDS[1] ?? ''] });
  expect([open.artifacts.size, corp.artifacts.size]).toEqual([0, 1]);
  const report = await publish(publishers, { git });
  expect(report.artifacts.map(({ outcome, state }) => [outcome, state])).toEqual([
    ['published', 'identical'],
    [undefined, 'same-source'],
  ]);
});

describe('--only', () => {
  test('with the package selects both registries', async () => {
    const { publishers } = two();
    const report = await plan(publishers, { only: ['npm:a'] });
    expect(report.artifacts.map(({ publisher }) => publisher)).toEqual(IDS);
  });

  test('with a registry that the package is not at is refused with the ids', async () => {
    const { publishers } = two();
    const report = await plan(publishers, { only: ['npm:a#elsewhere.example'] });
    expect(report).toMatchObject({
      exitCode: 2,
      problems: [
        { code: 'unknown-publisher', message: expect.stringContaining(IDS[1] ?? '') as string },
      ],
    });
  });
});

test('the same registry twice is refused', async () => {
  const world = createFakeWorld();
  const report = await publish([at(PUBLIC, world), at(`${PUBLIC}/`, world)]);
  expect(report).toMatchObject({ exitCode: 2, problems: [{ code: 'duplicate-publisher' }] });
  expect(world.log).toEqual([]);
});

test('two registries do not get one token of the environment', async () => {
  const world = createFakeWorld();
  const common = (registry: string, takesCommonToken: boolean) =>
    at(registry, world, 'a', {
      override: (real) => ({
        takesCommonToken,
        plan: (release) => ({ ...real.plan(release), registry }),
      }),
    });
  const report = await publish([common(PUBLIC, true), common(PRIVATE, true)]);
  expect(report).toMatchObject({ exitCode: 2, problems: [{ code: 'token-shared' }] });
  expect(world.log).toEqual([]);
  expect(await publish([common(PUBLIC, true), common(PRIVATE, false)])).toMatchObject({
    exitCode: 0,
  });
});

test('a Go module has one mirror', async () => {
  const world = createFakeWorld();
  const mirrored = (mirror: string) =>
    at(mirror, world, 'a', {
      override: () => ({ members: [{ ecosystem: 'go', name: 'a', mirror }] }),
    });
  const report = await publish([mirrored(PUBLIC), mirrored(PRIVATE)]);
  expect(report).toMatchObject({ exitCode: 2, problems: [{ code: 'duplicate-publisher' }] });
});

test('members are named once; a local version counts only if every registry takes it', async () => {
  const seen: unknown[] = [];
  const world = createFakeWorld();
  const watching = (registry: string, localVersion?: true) =>
    fake(world, 'a', {
      override: (real) => ({
        members: [
          { ecosystem: 'npm', name: 'a', ...(localVersion === undefined ? {} : { localVersion }) },
        ],
        plan: (release) => {
          seen.push(release.members);
          return { ...real.plan(release), registry };
        },
      }),
    });
  await plan([watching(PUBLIC), watching(PRIVATE, true)]);
  expect(seen[0]).toEqual([{ ecosystem: 'npm', name: 'a' }]);
});

describe('what requires a package', () => {
  const requiring = (registry: string, world: FakeWorld) =>
    at(registry, world, 'b', {
      visibleOn: 'publish',
      override: (real) => ({
        plan: (release) => ({
          ...real.plan(release),
          registry,
          requires: [{ ecosystem: 'npm', name: 'a', version: version.slice('npm:a@'.length) }],
        }),
      }),
    });

  test('waits for it at its own registry, not at another', async () => {
    const open = createFakeWorld();
    const corp = createFakeWorld();
    const dependents = [requiring(PUBLIC, open), requiring(PRIVATE, corp)];
    const own = [
      at(PUBLIC, open, 'a', {
        visibleOn: 'publish',
        override: () => ({
          publish: async (made) =>
            made.coordinates.map((coordinate) => ({ coordinate, outcome: 'incomplete' })),
        }),
      }),
      at(PRIVATE, corp, 'a', { visibleOn: 'publish' }),
    ];
    const report = await publish([...dependents, ...own]);
    expect([...corp.artifacts.keys()]).toEqual([version, version.replace('npm:a', 'npm:b')]);
    expect([...open.artifacts.keys()]).toEqual([]);
    expect(report.problems.map(({ code, publisher }) => [code, publisher])).toContainEqual([
      'requires-unpublished',
      'npm:b#registry.example',
    ]);
  });

  test('is noted if the release has it at another registry alone', async () => {
    const worlds = [createFakeWorld(), createFakeWorld()] as const;
    const alone = await plan([requiring(PUBLIC, worlds[0]), at(PRIVATE, worlds[1])]);
    expect(alone).toMatchObject({
      exitCode: 0,
      notes: [
        `npm:b is published to ${PUBLIC} and requires ${version}, which this release publishes to ${PRIVATE} alone: whoever installs it needs both registries.`,
      ],
    });
    const near = await plan([requiring(PUBLIC, worlds[0]), at(PUBLIC, worlds[0])]);
    expect(near.notes).toEqual([]);
  });

  test('is refused alone if its own registry lacks it, whatever the other has', async () => {
    const git = createGitWorld();
    const open = createFakeWorld();
    const corp = createFakeWorld();
    const all = [requiring(PUBLIC, open), at(PUBLIC, open), at(PRIVATE, corp)];
    await publish(all, { git, only: [IDS[1] ?? ''] });
    const report = await plan(all, { git, only: ['npm:b'] });
    expect(report).toMatchObject({ exitCode: 3, problems: [{ code: 'requires-unpublished' }] });
  });
});

describe('trace and move-pointer', () => {
  const coordinate = {
    ecosystem: 'npm',
    name: 'a',
    version: version.slice('npm:a@'.length),
  } as const;
  const pointer = { ecosystem: 'npm', name: 'a', pointer: 'dev' } as const;

  async function published(only?: string) {
    const git = createGitWorld();
    const { publishers } = two();
    await publish(publishers, { git, ...(only === undefined ? {} : { only: [only] }) });
    const repository = await git.open();
    return { repository, definition: { versionFile: VERSION_FILE, publishers } };
  }

  test('trace asks both registries about a coordinate', async () => {
    const options = await published(IDS[1]);
    const report = await traceCoordinate(coordinate, options);
    expect(report.artifacts.map(({ registry, state }) => [registry, state])).toEqual([
      [PUBLIC, 'absent'],
      [PRIVATE, 'same-source'],
    ]);
    expect(report.sha).toMatch(/^[0-9a-f]{40}$/);
  });

  test('trace reads a pointer at both registries', async () => {
    const report = await tracePointer(pointer, await published(IDS[1]));
    expect(report.notes).toEqual([
      `npm:a@dev at ${PUBLIC} names nothing now.`,
      `npm:a@dev at ${PRIVATE} names ${coordinate.version} now.`,
    ]);
  });

  test('a person says at which registry a pointer moves', async () => {
    const options = { ...(await published()), pointer, to: coordinate.version };
    await expect(moveReleasePointer(options)).rejects.toMatchObject({
      code: 'registry-not-chosen',
      message: expect.stringContaining(IDS.join(' or ')) as string,
    });
    const report = await moveReleasePointer({ ...options, only: IDS[1] ?? '' });
    expect(report).toMatchObject({ registry: PRIVATE, outcome: 'already' });
  });
});
