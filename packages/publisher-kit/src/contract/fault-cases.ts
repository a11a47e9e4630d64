import type { Built, PointerMove, Published } from '@ameide/versioning-core';
import { expect } from 'vitest';
import { byCoordinate, type ContractCase, outcomes } from './cases.ts';
import { BRANCH, type Opened, type Session } from './session.ts';
import type { Interception } from './world.ts';

/**
 * What happens between a publisher and its registry. Each case publishes commits of its own.
 */
export const FAULT_CASES: readonly ContractCase[] = [
  {
    name: 'too-many-requests',
    title: 'waits where the registry asks for it, and publishes nothing twice',
    run: waitsWhenAsked,
  },
  {
    name: 'hidden',
    title: 'says unknown of an upload that may have landed and is not shown, and finds it later',
    run: saysUnknown,
  },
  {
    name: 'stopped',
    title: 'completes what was stopped before or after any of its writes',
    run: completesWhatWasStopped,
  },
  {
    name: 'two-runs',
    title: 'publishes a commit once when two runs do it at the same time',
    run: publishesOnce,
  },
  {
    name: 'two-commits',
    title: 'lets the newer of two commits that are published at the same time win',
    run: letsTheNewerWin,
  },
];

async function waitsWhenAsked(session: Session): Promise<void> {
  const once = await session.openNext();
  const built = await once.build();
  await session.intercepting(
    ({ mutating }, write) => (mutating && write === 1 ? 'too-many-requests' : undefined),
    async () => {
      const published = session.keep(await once.publisher.publish(once.plan, built, once.step));
      expect(outcomes(published)).toEqual(once.plan.coordinates.map(() => 'published'));
    },
  );
  await completes(session, once);

  const always = await session.openNext();
  const other = await always.build();
  const before = await session.world.snapshot();
  await session.intercepting(
    ({ mutating }) => (mutating ? 'too-many-requests' : undefined),
    async () => {
      const failed = session.keep(await always.publisher.publish(always.plan, other, always.step));
      for (const { outcome, problem } of failed) {
        expect(['incomplete', 'unknown']).toContain(outcome);
        expect(problem?.rerun).toBe('safe');
      }
    },
  );
  expect(await session.world.snapshot()).toEqual(before);
  await completes(session, always);
}

async function saysUnknown(session: Session): Promise<void> {
  const last = await countWrites(session);
  for (const obstacle of ['not-found', 'unavailable'] as const) {
    const opened = await session.openNext();
    const built = await opened.build();
    await session.intercepting(
      ({ mutating }, write) => {
        if (mutating) return write < last ? undefined : 'answer-lost';
        return write < last ? undefined : obstacle;
      },
      async () => {
        const { publisher, plan, step } = opened;
        const published = session.keep(await publisher.publish(plan, built, step));
        expect(outcomes(published), `reads answer ${obstacle}`).toContain('unknown');
        for (const outcome of outcomes(published))
          expect(['published', 'unknown', 'incomplete']).toContain(outcome);
      },
    );
    await completes(session, opened);
  }
}

/** Returns how many writes the publication of one commit takes. */
async function countWrites(session: Session): Promise<number> {
  const opened = await session.openNext();
  const built = await opened.build();
  const before = session.world.mutations();
  await opened.publisher.publish(opened.plan, built, opened.step);
  return session.world.mutations() - before;
}

async function completesWhatWasStopped(session: Session): Promise<void> {
  for (const obstacle of ['connection-lost', 'answer-lost'] as const) {
    // Each round stops at the next write, until a round ends without being stopped.
    for (let stopAt = 1, stopped = true; stopped; stopAt += 1) {
      const opened = await session.openNext();
      const built = await opened.build();
      const controller = new AbortController();
      const step = { ...opened.step, signal: controller.signal };
      await session.intercepting(
        ({ mutating }, write) => {
          if (!mutating || write < stopAt) return undefined;
          controller.abort(new Error('stopped'));
          return obstacle;
        },
        async () => {
          await publishAndPromote({ ...opened, step }, built).catch((error: unknown) => {
            if (!controller.signal.aborted) throw error;
          });
        },
      );
      stopped = controller.signal.aborted;
      await session.world.idle?.();
      await completes(session, opened);
    }
  }
}

async function publishesOnce(session: Session): Promise<void> {
  const first = await session.openNext();
  const second = await session.reopen(first);
  const built = [await first.build(), await second.build()] as const;
  const both = await atOnce(session, [
    async () => publishAndPromote(first, built[0]),
    async () => publishAndPromote(second, built[1]),
  ]);
  for (const outcome of session.keep(both).flatMap(({ published }) => outcomes(published)))
    expect(['published', 'already-there', 'incomplete', 'unknown']).toContain(outcome);
  expect(
    both.some(({ published }) => published.every(isThere)),
    'one of the two at least succeeds',
  ).toBe(true);
  await completes(session, first);
}

async function letsTheNewerWin(session: Session): Promise<void> {
  const oldest = await publishNext(session);
  for (const { outcome, problem } of session.keep(await promote(oldest)))
    expect(outcome, problem?.message).toBe('moved');
  const older = await publishNext(session);
  const newer = await publishNext(session);
  const moves = await atOnce(
    session,
    [older, newer].map((one) => async () => promote(one)),
  );
  for (const { outcome, problem } of session.keep(moves.flat()))
    expect(['moved', 'already', 'superseded'], problem?.message).toContain(outcome);
  // Where a registry has no compare-and-swap the two may cross; a run of the newer moves it forwards.
  session.keep(await promote(newer));
  await expectNamed(session, newer);
  // What a run has read about a pointer is out of date once another run has moved it.
  for (const one of [older, oldest])
    for (const { outcome } of session.keep(await promote(one))) expect(outcome).toBe('superseded');
  await expectNamed(session, newer);
}

/** Publishes the dev build of a new commit. */
async function publishNext(session: Session): Promise<Opened> {
  const opened = await session.openNext(BRANCH);
  await opened.publisher.publish(opened.plan, await opened.build(), opened.step);
  return opened;
}

/**
 * Runs both at once. Holds the first write of each until the other has come to its first write, or has ended because it
 * had nothing to write.
 */
async function atOnce<T>(session: Session, both: readonly (() => Promise<T>)[]): Promise<T[]> {
  const { promise: met, resolve } = Promise.withResolvers<undefined>();
  let arrived = 0;
  const meet: Interception = ({ mutating }) => {
    if (!mutating || arrived === 2) return undefined;
    arrived += 1;
    if (arrived === 2) resolve(undefined);
    return met;
  };
  return session.intercepting(meet, async () =>
    Promise.all(both.map(async (one) => one().finally(() => resolve(undefined)))),
  );
}

interface Result {
  readonly published: readonly Published[];
  readonly moves: readonly PointerMove[];
}

/** Publishes, and moves the pointers if everything is there, as the engine does. */
async function publishAndPromote(opened: Opened, built: Built): Promise<Result> {
  const published = await opened.publisher.publish(opened.plan, built, opened.step);
  return { published, moves: published.every(isThere) ? await promote(opened) : [] };
}

async function promote({ publisher, plan, step }: Opened): Promise<readonly PointerMove[]> {
  return (await publisher.promote?.(plan, step)) ?? [];
}

/** Expects that one further run succeeds, and that the next one changes nothing. */
async function completes(session: Session, stopped: Opened): Promise<void> {
  const next = await session.reopen(stopped);
  const { plan } = next;
  const { published, moves } = session.keep(await publishAndPromote(next, await next.build()));
  expect(published.filter((one) => !isThere(one))).toEqual([]);
  for (const { outcome, problem } of moves)
    expect(['moved', 'already', 'superseded'], problem?.message).toContain(outcome);
  const found = session.keep(await next.publisher.inspect({ plan }, next.step));
  expect(byCoordinate(plan.coordinates, found).map((one) => one?.sha)).toEqual(
    plan.coordinates.map(() => plan.sha),
  );
  const before = await session.world.snapshot();
  const mutations = session.world.mutations();
  const last = await session.reopen(stopped);
  await publishAndPromote(last, await last.build());
  expect(session.world.mutations() - mutations, 'mutating requests of one more run').toBe(0);
  expect(await session.world.snapshot()).toEqual(before);
}

async function expectNamed(session: Session, { publisher, plan, step }: Opened): Promise<void> {
  const named = session.keep((await publisher.pointers?.(plan, step)) ?? []);
  expect(named.slice(0, plan.pointers.length).map(({ version }) => version)).toEqual(
    plan.pointers.map(({ version }) => version),
  );
}

function isThere({ outcome }: Published): boolean {
  return outcome === 'published' || outcome === 'already-there';
}
