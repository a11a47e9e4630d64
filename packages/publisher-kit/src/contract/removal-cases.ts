import {
  type Coordinate,
  formatCoordinate,
  InvalidInputError,
  type Plan,
  type Publisher,
  type Removed,
} from '@ameide/versioning-core';
import { expect } from 'vitest';
import { byCoordinate, type ContractCase, outcomes } from './cases.ts';
import { BRANCH, type Opened, type Session } from './session.ts';
import type { Obstacle } from './world.ts';

/** Each case publishes its own dev builds, and moves the pointers off them. */
export const REMOVAL_CASES: readonly ContractCase[] = [
  {
    name: 'removal-wrong-token',
    title: 'removes nothing with a wrong token, and reports that as an authentication problem',
    run: refusesWrongToken,
  },
  {
    name: 'remove',
    title: 'removes a dev build and nothing else, and nothing the second time',
    run: removes,
  },
  {
    name: 'removal-stopped',
    title: 'completes a removal that was stopped before or after any of its writes',
    run: completesWhatWasStopped,
  },
];

/** A publisher that can remove. */
type Removing = Opened & { readonly publisher: Required<Pick<Publisher, 'remove'>> };

/** A dev build that no pointer names, and what the registry had before it. */
interface Build {
  readonly opened: Removing;
  readonly before: unknown;
}

async function refusesWrongToken(session: Session): Promise<void> {
  const build = await publishBuild(session);
  if (build === undefined) return;
  const { at, plan } = build.opened;
  const there = await session.world.snapshot();
  const wrong = await session.open(at.sha, at.ref, 'wrong');
  const problems = session.keep([
    ...((await wrong.publisher.checkRemoval?.(plan, wrong.step)) ?? []),
    ...(await remove(session, { ...wrong, plan })).flatMap(({ problem }) => problem ?? []),
  ]);
  expect(problems.map(({ kind }) => kind)).toContain('authentication');
  expect(await session.world.snapshot()).toEqual(there);
  await removesAll(session, build);
}

async function removes(session: Session): Promise<void> {
  const build = await publishBuild(session);
  if (build === undefined) return;
  const { keep, world } = session;
  const { publisher, plan, step } = build.opened;
  expect(keep(await publisher.checkRemoval?.(plan, step))).toEqual([]);
  await removesAll(session, build);
  for (const coordinate of plan.coordinates)
    expect(keep(await publisher.inspect({ coordinate }, step))).toMatchObject([
      { state: 'absent' },
    ]);

  const mutations = world.mutations();
  expect(ended(plan, await remove(session, build.opened))).toEqual(
    plan.coordinates.map(() => 'gone'),
  );
  expect(world.mutations() - mutations, 'mutating requests of a second removal').toBe(0);
  await refusesReleases(session, build.opened);
  await keepsWhatIsNamed(session);
}

async function refusesReleases(session: Session, { publisher, step }: Removing): Promise<void> {
  const { plan } = await session.open(session.world.a, 'refs/tags/v0.1.0');
  const [first] = plan.coordinates;
  if (first === undefined) throw new Error('a release has a coordinate');
  const before = session.world.mutations();
  const wrong: readonly Coordinate[] = [
    { ...first, version: plan.coordinates.at(-1)?.version ?? '' },
    { ...first, name: `${first.name}-other` },
  ];
  for (const one of wrong)
    await expect(
      publisher.remove(plan, [one], step),
      `${formatCoordinate(one)} is no dev build of this artifact`,
    ).rejects.toThrow(InvalidInputError);
  expect(session.world.mutations() - before).toBe(0);
}

/** A version that a pointer or a release names is kept. */
async function keepsWhatIsNamed(session: Session): Promise<void> {
  const { world } = session;
  const named = await session.open(world.a, BRANCH);
  const [before, mutations] = [await world.snapshot(), world.mutations()];
  const removed = await remove(session, named);
  expect(ended(named.plan, removed)).toEqual(named.plan.coordinates.map(() => 'kept'));
  for (const { reason } of removed) expect(reason).toMatch(/\S/);
  expect(world.mutations() - mutations).toBe(0);
  expect(await world.snapshot()).toEqual(before);
}

async function completesWhatWasStopped(session: Session): Promise<void> {
  for (const obstacle of ['connection-lost', 'answer-lost'] as const) {
    // Each round stops the removal at the next write, until a round completes.
    for (let stopAt = 1, stopped = true; stopped; stopAt += 1) {
      const build = await publishBuild(session);
      if (build === undefined) return;
      stopped = await stops(session, build, { obstacle, stopAt });
      await session.world.idle?.();
      await removesAll(session, build);
    }
  }
  await believesTheRegistry(session);
}

/**
 * Stops a removal at a write: before the registry sees it, or once the registry has handled it, which
 * the next request shows. False if the removal has fewer writes.
 */
async function stops(
  session: Session,
  { opened: { plan, publisher, step } }: Build,
  at: { readonly obstacle: 'connection-lost' | 'answer-lost'; readonly stopAt: number },
): Promise<boolean> {
  const controller = new AbortController();
  const stop = (): Obstacle => {
    controller.abort(new Error('stopped'));
    return 'connection-lost';
  };
  let isLost = false;
  await session.intercepting(
    ({ mutating }, write) => {
      if (isLost) return stop();
      isLost = mutating && write >= at.stopAt;
      if (!isLost) return undefined;
      return at.obstacle === 'answer-lost' ? at.obstacle : stop();
    },
    async () => {
      const stopping = { ...step, signal: controller.signal };
      await publisher.remove(plan, plan.coordinates, stopping).catch((error: unknown) => {
        if (!controller.signal.aborted) throw error;
      });
    },
  );
  return isLost;
}

/** After a lost answer, what the registry has decides. */
async function believesTheRegistry(session: Session): Promise<void> {
  const build = await publishBuild(session);
  if (build === undefined) return;
  await session.intercepting(
    ({ mutating }, write) => (mutating && write === 1 ? 'answer-lost' : undefined),
    async () => removesAll(session, build),
  );
}

/** Removes, and expects what was there before the build. */
async function removesAll(session: Session, { before, opened }: Build): Promise<void> {
  const { plan } = opened;
  const removed = await remove(session, opened);
  for (const outcome of ended(plan, removed)) expect(['removed', 'gone']).toContain(outcome);
  expect(removed.flatMap(({ problem }) => problem ?? [])).toEqual([]);
  expect(await session.world.snapshot(), 'all but the removed build is as before').toEqual(before);
}

async function remove(
  session: Session,
  { plan, publisher, step }: Pick<Opened, 'plan' | 'publisher' | 'step'>,
): Promise<readonly Removed[]> {
  return session.keep((await publisher.remove?.(plan, plan.coordinates, step)) ?? []);
}

function ended(plan: Plan, removed: readonly Removed[]): readonly (string | undefined)[] {
  return byCoordinate(plan.coordinates, removed).map((one) => one?.outcome);
}

/** Publishes a dev build, and moves its pointers back. Undefined if the publisher cannot remove. */
async function publishBuild(session: Session): Promise<Build | undefined> {
  const { keep, world } = session;
  const opened = await session.openNext(BRANCH);
  if (!canRemove(opened)) {
    const checks = opened.publisher.checkRemoval !== undefined;
    expect(checks, 'checkRemoval without remove').toBe(false);
    return undefined;
  }
  const { plan, publisher, step } = opened;
  const named = keep((await publisher.pointers?.(plan, step)) ?? []);
  const before = await world.snapshot();
  const published = keep(await publisher.publish(plan, await opened.build(), step));
  expect(outcomes(published)).toEqual(plan.coordinates.map(() => 'published'));
  keep(await publisher.promote?.(plan, step));
  for (const [index, pointer] of plan.pointers.entries()) {
    const version = named[index]?.version;
    if (version === undefined) throw new Error('an earlier case has set every pointer');
    const back = { pointer: { ...pointer, version }, from: pointer.version };
    expect(keep(await publisher.movePointer?.(plan, back, step))).toMatchObject({
      outcome: 'moved',
    });
  }
  return { opened, before };
}

function canRemove(opened: Opened): opened is Removing {
  return opened.publisher.remove !== undefined;
}
