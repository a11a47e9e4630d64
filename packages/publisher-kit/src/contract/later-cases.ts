import { lstat, mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArtifactContents, formatCoordinate } from '@ameide/versioning-core';
import { expect } from 'vitest';
import { inParallel } from '../parallel.ts';
import { asData } from '../testing/run.ts';
import { byCoordinate, type ContractCase, outcomes } from './cases.ts';
import { LIST, READ_BACK } from './reading-cases.ts';
import { createSecretScan } from './secret-scan.ts';
import { BRANCH, type Session } from './session.ts';

/** The cases that run after the dev build of commit `a` is published. Releases come last. */
export const LATER_CASES: readonly ContractCase[] = [
  {
    name: 'reproducible',
    title: 'builds the same bytes from the same commit, and leaves shared files as they are',
    run: buildsTheSame,
  },
  {
    name: 'another-machine',
    title: 'publishes in one run what another run built and saved',
    run: publishesWhatWasSaved,
  },
  {
    name: 'rehearse',
    title: 'lists what it would publish, and what it did publish, file by file',
    run: rehearses,
  },
  READ_BACK,
  { name: 'same-second', title: 'distinguishes two commits of one second', run: distinguishes },
  { name: 'pointer-backwards', title: 'moves no pointer to an older commit', run: keepsPointers },
  {
    name: 'pointer-by-hand',
    title: 'moves a pointer backwards when a person asks, and only while it names what they saw',
    run: movesByHand,
  },
  {
    name: 'no-overwrite',
    title: 'never puts another commit in the place of a release',
    run: neverOverwrites,
  },
  LIST,
];

/** The cases that look at everything that the others did. */
export const LAST_CASES: readonly ContractCase[] = [
  {
    name: 'no-secret-shown',
    title: 'shows no secret in output, files or command lines',
    run: showsNoSecret,
  },
];

async function buildsTheSame(session: Session): Promise<void> {
  const one = await session.open(session.world.a, BRANCH);
  const checkout = await one.checkout();
  const before = await snapshot(checkout);
  const first = await one.build();
  const second = await (await session.open(session.world.a, BRANCH)).build();
  expect(await snapshot(checkout), 'what a build leaves of a checkout that is not its own').toEqual(
    before,
  );
  expect(second.artifacts.map(({ name, digest, size }) => ({ name, digest, size }))).toEqual(
    first.artifacts.map(({ name, digest, size }) => ({ name, digest, size })),
  );
}

async function publishesWhatWasSaved(session: Session): Promise<void> {
  const building = await session.openNext();
  const built = await building.build();
  const folder = await mkdtemp(join(session.directory, 'built-'));
  await building.publisher.save(built, folder, building.step);
  const saved = await snapshot(folder);

  const other = await session.openNext();
  const refused = session.keep(await other.publisher.load(other.plan, folder, other.step));
  const isSaved = saved.length > 0;
  expect(refused.problems !== undefined, 'what is of another commit is refused').toBe(isSaved);

  const { publisher, plan, step } = await session.reopen(building);
  const loaded = session.keep(await publisher.load(plan, folder, step));
  expect(loaded.problems).toBeUndefined();
  if (loaded.value === undefined) return;
  expect(loaded.value.artifacts).toEqual(built.artifacts);
  const data = asData(loaded.value);
  const published = session.keep(await publisher.publish(plan, data, step));
  expect(outcomes(published)).toEqual(plan.coordinates.map(() => 'published'));
  const found = session.keep(await building.publisher.inspect({ plan, built }, building.step));
  expect(found.map(({ state }) => state)).toEqual(plan.coordinates.map(() => 'identical'));
  expect(await snapshot(folder), 'the saved files stay as they are').toEqual(saved);
}

async function rehearses(session: Session): Promise<void> {
  const { keep, world } = session;
  const { publisher, plan, build, step } = await session.openNext();
  const built = await build();
  const mutations = world.mutations();
  const before = keep(await publisher.rehearse(plan, built, step));
  const parts = before.built.map(({ part }) => part);
  expect(parts.length, 'every artifact is listed').toBeGreaterThan(0);
  expect(new Set(parts).size, 'each part once').toBe(parts.length);
  for (const { files, manifest } of before.built) {
    const paths = files.map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(0);
    expect(new Set(paths).size, 'each path once').toBe(paths.length);
    expect(manifest).not.toBe('');
  }
  const names = (contents: typeof before.built): readonly string[] =>
    contents.map(({ coordinate }) => formatCoordinate(coordinate));
  const own = new Set(plan.coordinates.map(formatCoordinate));
  const earlier = before.published.value ?? [];
  expect(
    earlier.map(({ part }) => part),
    'an earlier version was published',
  ).toEqual(parts);
  expect(names(earlier).filter((name) => own.has(name))).toEqual([]);
  expect(world.mutations() - mutations, 'mutating requests of a rehearsal').toBe(0);

  const published = keep(await publisher.publish(plan, built, step));
  expect(outcomes(published)).toEqual(plan.coordinates.map(() => 'published'));
  const after = keep(await publisher.rehearse(plan, built, step));
  expect(after.built).toEqual(before.built);
  expect(after.published.problems).toBeUndefined();
  expect(byPart(after.published.value ?? [])).toEqual(byPart(before.built));
}

/** What has to be the same of what is built and of what is published from it. */
function byPart(contents: readonly ArtifactContents[]): unknown {
  return contents
    .map(({ digest, files, manifest, part }) => ({
      part,
      digest,
      manifest,
      files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    }))
    .toSorted((a, b) => (a.part < b.part ? -1 : 1));
}

/** Lists every path below a directory, with the properties that a write would change. */
async function snapshot(directory: string): Promise<readonly string[]> {
  const paths = (await readdir(directory, { recursive: true })).toSorted();
  return inParallel(paths, async (path) => {
    const { size, mtimeMs } = await lstat(join(directory, path));
    return `${path} ${size} ${mtimeMs}`;
  });
}

async function distinguishes(session: Session): Promise<void> {
  const { world } = session;
  const first = new Set(
    (await session.open(world.a, BRANCH)).plan.coordinates.map(formatCoordinate),
  );
  const { publisher, plan, step } = await session.open(world.b, BRANCH);
  const findings = byCoordinate(
    plan.coordinates,
    session.keep(await publisher.inspect({ plan }, step)),
  );
  // A version without a commit id is the same for both commits; only reading it back tells them
  // apart.
  const expected = plan.coordinates.map((coordinate) =>
    first.has(formatCoordinate(coordinate)) ? 'conflict' : 'absent',
  );
  expect(findings.map((finding) => finding?.state)).toEqual(expected);
}

async function keepsPointers(session: Session): Promise<void> {
  const { world, keep } = session;
  const newer = await session.open(world.a, BRANCH);
  if (newer.publisher.promote === undefined) {
    expect(newer.plan.pointers).toEqual([]);
    return;
  }
  if (world.older === undefined)
    throw new Error('this publisher moves pointers: its world needs `older`, an ancestor of `a`');
  const { publisher, plan, build, step } = await session.open(world.older, BRANCH);
  expect(outcomes(keep(await publisher.publish(plan, await build(), step)))).toEqual(
    plan.coordinates.map(() => 'published'),
  );
  const moves = keep((await publisher.promote?.(plan, step)) ?? []);
  expect(moves.map(({ outcome }) => outcome)).toEqual(plan.pointers.map(() => 'superseded'));
  const named = keep((await publisher.pointers?.(plan, step)) ?? []);
  expect(named.map(({ version }) => version)).toEqual(
    newer.plan.pointers.map(({ version }) => version),
  );
}

async function movesByHand(session: Session): Promise<void> {
  const { world, keep } = session;
  const newer = await session.open(world.a, BRANCH);
  const { publisher, plan, step } = newer;
  const [current] = plan.pointers;
  if (current === undefined || world.older === undefined) {
    const canMove = publisher.movePointer !== undefined;
    expect(canMove, 'only who promotes may move by hand').toBe(false);
    return;
  }
  const [older] = (await session.open(world.older, BRANCH)).plan.pointers;
  if (older === undefined) throw new Error('every dev build plans the same pointers');
  expect(publisher.managesPointer?.(current.pointer)).toBe(true);
  expect(publisher.managesPointer?.('somebody-elses')).toBe(false);
  const move = async (pointer: typeof current, from: string) => {
    const before = world.mutations();
    const moved = keep(await publisher.movePointer?.(plan, { pointer, from }, step));
    return { ...moved, mutations: world.mutations() - before };
  };
  expect(await move(older, 'something-else'), 'it does not name that').toMatchObject({
    outcome: 'blocked',
    from: current.version,
    problem: { code: 'pointer-names-another', kind: 'conflict' },
    mutations: 0,
  });
  expect(await move(older, current.version)).toMatchObject({
    outcome: 'moved',
    from: current.version,
  });
  const named = keep((await publisher.pointers?.(plan, step)) ?? []);
  expect(named[0]?.version).toBe(older.version);
  expect(await move(older, current.version), 'the same again').toMatchObject({
    outcome: 'already',
    mutations: 0,
  });
  expect(await move(current, older.version)).toMatchObject({ outcome: 'moved' });
}

async function neverOverwrites(session: Session): Promise<void> {
  const { world, keep } = session;
  const tag = 'refs/tags/v0.1.0';
  const released = await session.open(world.a, tag);
  const first = keep(
    await released.publisher.publish(released.plan, await released.build(), released.step),
  );
  // An image's `<sha>` tag exists since the dev build.
  for (const outcome of outcomes(first)) expect(['published', 'already-there']).toContain(outcome);
  const taken = new Set(released.plan.coordinates.map(formatCoordinate));

  const other = await session.open(world.b, tag);
  const built = await other.build();
  const before = await world.snapshot();
  const mutations = world.mutations();
  const { publisher, plan, step } = other;
  const shared = plan.coordinates.filter((coordinate) => taken.has(formatCoordinate(coordinate)));
  expect(
    shared.length,
    'two commits with one release version meet in some coordinate',
  ).toBeGreaterThan(0);
  for (const subject of [{ plan }, { plan, built }]) {
    const findings = byCoordinate(shared, keep(await publisher.inspect(subject, step)));
    expect(findings.map((finding) => finding?.state)).toEqual(shared.map(() => 'conflict'));
  }
  const published = byCoordinate(shared, keep(await publisher.publish(plan, built, step)));
  expect(published.map((one) => one?.outcome)).toEqual(shared.map(() => 'conflict'));
  expect(published.map((one) => one?.problem?.kind)).toEqual(shared.map(() => 'conflict'));
  expect(world.mutations() - mutations, 'mutating requests that a conflict sends').toBe(0);
  expect(await world.snapshot()).toEqual(before);
}

async function showsNoSecret(session: Session): Promise<void> {
  const { world, kept, argv, directory } = session;
  expect(world.secrets.length, 'a world without secrets proves nothing').toBeGreaterThan(0);
  const scan = createSecretScan(world.secrets);
  expect(scan.inValue(world.secrets), 'the scan itself finds a secret').toBe(true);
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.filter((value) => scan.inValue(value))).toHaveLength(0);
  expect((world.lines?.() ?? []).filter((line) => scan.inValue(line))).toHaveLength(0);
  // The session's own git process, which reads the source, runs the whole time.
  if (argv.canSee)
    expect(argv.seen(), 'command lines are seen').toContainEqual(
      expect.stringContaining('cat-file'),
    );
  expect(argv.seen().filter((line) => scan.inValue(line))).toHaveLength(0);
  expect(await scan.inFiles(directory)).toEqual([]);
}
