import {
  type Coordinate,
  formatCoordinate,
  type Plan,
  type PointerFinding,
  type Result,
  type VersionList,
} from '@ameide/versioning-core';
import { expect } from 'vitest';
import type { ContractCase } from './cases.ts';
import { BRANCH, type Opened, type Session } from './session.ts';

/** Runs before anything is published. */
export const LIST_EMPTY: ContractCase = {
  name: 'list-empty',
  title: 'lists nothing while the registry has nothing',
  run: listsNothing,
};

export const READ_BACK: ContractCase = {
  name: 'read-back',
  title: 'reads back which commit an artifact was built from',
  run: readsBack,
};

/** Runs after dev builds and releases are published. */
export const LIST: ContractCase = {
  name: 'list',
  title:
    'lists every version and pointer that the registry has, and reports no answer as a problem',
  run: lists,
};

async function readsBack(session: Session): Promise<void> {
  const { publisher, plan, step } = await session.open(session.world.a, BRANCH);
  for (const coordinate of plan.coordinates) {
    const findings = session.keep(await publisher.inspect({ coordinate }, step));
    expect(findings).toMatchObject([{ coordinate, sha: session.world.a }]);
    expect(['identical', 'same-source']).toContain(findings[0]?.state);
  }
}

async function listsNothing(session: Session): Promise<void> {
  const opened = await session.open(session.world.a, BRANCH);
  if (opened.publisher.versions === undefined) return;
  const { pointers, versions } = await listOf(session, opened);
  expect({ pointers, versions }).toEqual({ pointers: [], versions: [] });
}

async function lists(session: Session): Promise<void> {
  const { world, keep, plans } = session;
  const dev = await session.open(world.a, BRANCH);
  const released = await session.open(world.a, 'refs/tags/v0.1.0');
  if (dev.publisher.versions === undefined) return;
  keep(await released.publisher.promote?.(released.plan, released.step));
  const list = await listOf(session, dev);
  expect(await listOf(session, released), 'whatever the version of the plan is').toEqual(list);
  await expectListed(session, dev, { plans: [...plans], list });
  await expectSamePointers(session, [dev, released], list.pointers);

  await session.intercepting(
    () => 'unavailable',
    async () => {
      const { problems } = keep(await versionsOf(dev));
      expect(problems?.length, 'no answer is a problem').toBeGreaterThan(0);
    },
  );
}

async function versionsOf({ plan, publisher, step }: Opened): Promise<Result<VersionList>> {
  if (publisher.versions === undefined) throw new Error('this publisher cannot list');
  return publisher.versions(plan, step);
}

async function listOf(session: Session, opened: Opened): Promise<VersionList> {
  const before = session.world.mutations();
  const { problems, value } = session.keep(await versionsOf(opened));
  expect(problems).toBeUndefined();
  expect(session.world.mutations() - before, 'mutating requests of a list').toBe(0);
  if (value === undefined) throw new Error('a result has a value or problems');
  return value;
}

/**
 * Expects the list to have exactly what `inspect` finds of all that was planned, and nothing that
 * `inspect` does not find, or finds otherwise.
 */
async function expectListed(
  session: Session,
  { publisher, step }: Opened,
  { plans, list }: { readonly plans: readonly Plan[]; readonly list: VersionList },
): Promise<void> {
  const { isPartial, versions } = list;
  const inspect = async (coordinate: Coordinate) => {
    const [finding] = session.keep(await publisher.inspect({ coordinate }, step));
    return finding;
  };
  const listed = versions.map(({ coordinate }) => coordinate);
  const names = listed.map(formatCoordinate);
  expect(new Set(names).size, 'each version once').toBe(names.length);
  expect(names.length).toBeGreaterThan(0);
  const planned = new Map(
    plans.flatMap(({ coordinates }) => coordinates.map((one) => [formatCoordinate(one), one])),
  );
  for (const name of names) planned.delete(name);
  for (const coordinate of isPartial === true ? [] : planned.values())
    expect(await inspect(coordinate), 'what is not listed').toMatchObject({ state: 'absent' });
  const commits = new Set(plans.map(({ sha }) => sha));
  for (const { coordinate, digest, sha } of versions) {
    const finding = await inspect(coordinate);
    expect(['identical', 'same-source']).toContain(finding?.state);
    expect([...commits]).toContain(finding?.sha);
    expect([undefined, finding?.sha]).toContain(sha);
    expect([undefined, finding?.digest]).toContain(digest);
  }
}

/** Expects the pointers of a list to be those that `pointers` finds. */
async function expectSamePointers(
  session: Session,
  opened: readonly Opened[],
  listed: readonly PointerFinding[],
): Promise<void> {
  const { keep } = session;
  const found = new Map<string, PointerFinding>();
  for (const { publisher, plan, step } of opened)
    for (const one of keep((await publisher.pointers?.(plan, step)) ?? []))
      if (one.version !== undefined) found.set(one.pointer.pointer, one);
  const shown = ({ pointer, version, digest }: PointerFinding): unknown => ({
    name: pointer.name,
    pointer: pointer.pointer,
    version,
    digest,
  });
  const byName = (all: Iterable<PointerFinding>): readonly unknown[] =>
    [...all].toSorted((a, b) => (a.pointer.pointer < b.pointer.pointer ? -1 : 1)).map(shown);
  expect(byName(listed)).toEqual(byName(found.values()));
  for (const { pointer, sha } of listed) {
    expect(opened[0]?.publisher.managesPointer?.(pointer.pointer)).toBe(true);
    const expected = found.get(pointer.pointer)?.sha;
    if (sha !== undefined && expected !== undefined) expect(sha).toBe(expected);
  }
}
