import {
  type Built,
  type Coordinate,
  type Finding,
  formatCoordinate,
  type Problem,
  type Published,
} from '@ameide/versioning-core';
import { expect } from 'vitest';
import { asData } from '../testing/run.ts';
import { LIST_EMPTY } from './reading-cases.ts';
import { BRANCH, type Opened, type Session } from './session.ts';
import type { ContractCaseName } from './world.ts';

/**
 * One promise that every publisher keeps. Cases run in order, in one world. Rejects if the promise
 * is broken.
 */
export interface ContractCase {
  readonly name: ContractCaseName;
  readonly title: string;
  run(session: Session): Promise<void>;
}

/** The cases that run before anything is published. */
export const FIRST_CASES: readonly ContractCase[] = [
  { name: 'pure-plan', title: 'plans purely, and plans are data', run: plansPurely },
  {
    name: 'wrong-token',
    title: 'names a wrong token for what it is, and nothing lands',
    run: refusesWrongToken,
  },
  { name: 'abort', title: 'stops on abort, and nothing lands', run: stopsOnAbort },
  LIST_EMPTY,
  {
    name: 'publish',
    title: 'publishes what is absent, and finds it identical afterwards',
    run: publishes,
  },
  { name: 'again', title: 'changes nothing when everything is there', run: changesNothingAgain },
];

async function plansPurely(session: Session): Promise<void> {
  const { publisher, release, plan } = await session.open(session.world.a, BRANCH);
  const before = session.world.mutations();
  expect(publisher.plan(release), 'a plan survives JSON, and a second plan is equal').toEqual(plan);
  expect(asData(publisher.plan(asData(release))), 'the release may come from JSON').toEqual(plan);
  expect(plan).toMatchObject({ publisher: publisher.id, sha: session.world.a });
  expect(plan.coordinates.length).toBeGreaterThan(0);
  expect(new Set(plan.coordinates.map(formatCoordinate)).size, 'each coordinate once').toBe(
    plan.coordinates.length,
  );
  const pull = await session.open(session.world.a, 'refs/pull/7/merge');
  expect(pull.plan.pointers, 'no pull request moves a pointer').toEqual([]);
  expect(session.world.mutations()).toBe(before);
}

async function refusesWrongToken(session: Session): Promise<void> {
  const before = await session.world.snapshot();
  const opened = await session.open(session.world.a, BRANCH, 'wrong');
  const problems: Problem[] = [
    ...session.keep(await opened.publisher.check(opened.plan, opened.step)),
  ];
  // A Go mirror is read during the build, so it may refuse there already.
  const result = await opened.tryBuild();
  problems.push(...(result.problems ?? []));
  const published =
    result.value === undefined
      ? []
      : session.keep(await opened.publisher.publish(opened.plan, result.value, opened.step));
  problems.push(...published.flatMap(({ problem }) => (problem === undefined ? [] : [problem])));
  expect(problems.map(({ kind }) => kind)).toContain('authentication');
  expect(outcomes(published), 'nothing may be said to be there').not.toContain('published');
  expect(await session.world.snapshot()).toEqual(before);
}

async function stopsOnAbort(session: Session): Promise<void> {
  const { world } = session;
  const before = await world.snapshot();
  const mutations = world.mutations();
  const { publisher, plan, step, tryBuild } = await session.open(world.a, BRANCH);
  const built = await (await session.open(world.a, BRANCH)).build();
  const reason = new Error('asked to stop');
  const aborted = { ...step, signal: AbortSignal.abort(reason) };
  const verbs: Readonly<Record<string, () => Promise<unknown>>> = {
    inspect: () => publisher.inspect({ plan }, aborted),
    build: () => tryBuild(aborted.signal),
    publish: () => publisher.publish(plan, built, aborted),
    ...(plan.pointers.length > 0 && publisher.promote !== undefined
      ? { promote: publisher.promote.bind(publisher, plan, aborted) }
      : {}),
  };
  for (const [verb, call] of Object.entries(verbs)) {
    const error: unknown = await Promise.resolve()
      .then(call)
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    expect(isAbort(error, reason), `${verb} rejects on abort, and here gave ${String(error)}`).toBe(
      true,
    );
  }
  expect(world.mutations()).toBe(mutations);
  expect(await world.snapshot()).toEqual(before);
}

async function publishes(session: Session): Promise<void> {
  const { world, keep } = session;
  const opened = await session.open(world.a, BRANCH);
  const { publisher, plan, step } = opened;
  const mutations = world.mutations();
  expect(keep(await publisher.check(plan, step))).toEqual([]);
  expect(keep((await publisher.checkTools?.(plan, step)) ?? [])).toEqual([]);
  expect(states(plan.coordinates, keep(await publisher.inspect({ plan }, step)))).toEqual(
    plan.coordinates.map(() => 'absent'),
  );
  for (const coordinate of plan.coordinates) {
    expect(keep(await publisher.inspect({ coordinate }, step)).map(({ state }) => state)).toEqual([
      'absent',
    ]);
  }
  const built = await opened.build();
  expectArtifacts(opened, built);
  expect(world.mutations(), 'nothing but publish and promote writes').toBe(mutations);

  const published = keep(await publisher.publish(plan, built, opened.step));
  expect(byCoordinate(plan.coordinates, published).map((one) => one?.outcome)).toEqual(
    plan.coordinates.map(() => 'published'),
  );
  const found = keep(await publisher.inspect({ plan, built }, opened.step));
  expect(states(plan.coordinates, found)).toEqual(plan.coordinates.map(() => 'identical'));
  await expectPointers(session, opened, ['moved', 'already']);
}

async function changesNothingAgain(session: Session): Promise<void> {
  const { world, keep } = session;
  const before = await world.snapshot();
  const mutations = world.mutations();
  const opened = await session.open(world.a, BRANCH);
  const { publisher, plan } = opened;
  expect(keep(await publisher.check(plan, opened.step))).toEqual([]);
  for (const state of states(
    plan.coordinates,
    keep(await publisher.inspect({ plan }, opened.step)),
  )) {
    expect(['identical', 'same-source']).toContain(state);
  }
  const published = keep(await publisher.publish(plan, await opened.build(), opened.step));
  expect(byCoordinate(plan.coordinates, published).map((one) => one?.outcome)).toEqual(
    plan.coordinates.map(() => 'already-there'),
  );
  await expectPointers(session, opened, ['already']);
  expect(world.mutations() - mutations, 'mutating requests of a second run').toBe(0);
  expect(await world.snapshot()).toEqual(before);
}

/** Promotes, then expects every pointer of the plan to name its version. */
async function expectPointers(
  session: Session,
  opened: Opened,
  accepted: readonly string[],
): Promise<void> {
  const { publisher, plan } = opened;
  if (publisher.promote === undefined) {
    expect(plan.pointers, 'only who promotes may plan pointers').toEqual([]);
    return;
  }
  const moves = session.keep(await publisher.promote(plan, opened.step));
  expect(moves.map(({ pointer }) => pointer)).toEqual(plan.pointers);
  for (const { outcome } of moves) expect(accepted).toContain(outcome);
  const named = session.keep((await publisher.pointers?.(plan, opened.step)) ?? []);
  const planned = named.slice(0, plan.pointers.length);
  expect(planned.map(({ pointer, version }) => [pointer.pointer, version])).toEqual(
    plan.pointers.map(({ pointer, version }) => [pointer, version]),
  );
  for (const { note } of named.slice(planned.length))
    expect(note, 'a pointer beside the plan’s is reported with a note').toBeDefined();
  for (const { sha } of named) expect([undefined, plan.sha]).toContain(sha);
}

function expectArtifacts({ plan }: Opened, built: Built): void {
  expect(built.artifacts.length).toBeGreaterThan(0);
  const planned = plan.coordinates.map(formatCoordinate);
  for (const { coordinate, digest, size, name } of built.artifacts) {
    expect(planned).toContain(formatCoordinate(coordinate));
    expect(digest, `digest of ${name}`).not.toBe('');
    // A git commit names its tree and has no bytes of its own.
    if (name !== 'commit') expect(size, `size of ${name}`).toBeGreaterThan(0);
  }
}

/** Returns the results in the order of the coordinates; undefined for a missing one. */
export function byCoordinate<T extends { readonly coordinate: Coordinate }>(
  coordinates: readonly Coordinate[],
  results: readonly T[],
): readonly (T | undefined)[] {
  const known = new Map(results.map((one) => [formatCoordinate(one.coordinate), one]));
  return coordinates.map((coordinate) => known.get(formatCoordinate(coordinate)));
}

function states(
  coordinates: readonly Coordinate[],
  findings: readonly Finding[],
): readonly (string | undefined)[] {
  return byCoordinate(coordinates, findings).map((finding) => finding?.state);
}

export function outcomes(published: readonly Published[]): readonly string[] {
  return published.map(({ outcome }) => outcome);
}

/** Accepts the signal's reason, an error that wraps it, or a platform API's AbortError. */
function isAbort(error: unknown, reason: Error): boolean {
  return (
    error === reason ||
    (error instanceof Error && (error.cause === reason || error.name === 'AbortError'))
  );
}
