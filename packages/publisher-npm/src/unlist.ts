import { type Answer, type Pace, write } from '@ameide/publisher-kit';
import type { Coordinate, Problem, Removed, Step } from '@ameide/versioning-core';
import type { Target } from './options.ts';
import { answerOf } from './promote.ts';
import type { RegistryClient } from './registry/client.ts';
import { type RevisedPackument, readRevisedPackument } from './registry/packument.ts';
import { incomplete, overwritten, removalUnknown } from './removal-problems.ts';

export interface Unlisting {
  readonly client: RegistryClient;
  readonly pace: Pace;
  readonly step: Step;
  readonly target: Target;
}

export interface Unlisted {
  /** What ended here: kept, or not done. */
  readonly ended: ReadonlyMap<Coordinate, Removed>;
  /** The paths of the tarballs of the versions that are gone from the list now. */
  readonly tarballs: ReadonlyMap<Coordinate, string>;
  /** What the registry shows now. */
  readonly packument: RevisedPackument | 'absent';
}

type Seen =
  | { readonly state: 'identical'; readonly packument: RevisedPackument | 'absent' }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly problem: Problem };

/**
 * Sends the packument without the versions, until the registry shows it so. One write for all of them:
 * verdaccio compares no revisions, so each is a moment in which it can lose what another run publishes.
 */
export async function unlist(
  unlisting: Unlisting,
  coordinates: readonly Coordinate[],
): Promise<Unlisted> {
  const [any] = coordinates;
  if (any === undefined) return { ended: new Map(), tarballs: new Map(), packument: 'absent' };
  const { client, pace, step } = unlisting;
  const what = `unpublish old dev builds of npm:${any.name}`;
  const first = await readRevisedPackument({ ...unlisting, coordinate: any });
  if (first.value === undefined) {
    const [problem] = first.problems;
    return endedAll(coordinates, 'absent', (one) => incomplete(one, problem));
  }
  const before = first.value;
  if (before === 'absent') return { ended: new Map(), tarballs: new Map(), packument: before };
  let current = before;
  let decided = decide(before, coordinates);
  const tarballs = new Map(
    coordinates.flatMap((one) => {
      const isThere = Object.hasOwn(before.versions, one.version);
      return isThere ? [[one, before.tarballs.get(one.version) ?? before.pathLike(one)]] : [];
    }),
  );
  if (decided.going.length === 0) return { ended: decided.kept, tarballs, packument: before };
  const read = async (): Promise<Seen> => {
    const { problems, value } = await readRevisedPackument({ ...unlisting, coordinate: any });
    if (value === undefined) return { state: 'unknown', problem: problems[0] };
    if (value === 'absent' || !decided.going.some(({ version }) => has(value, version)))
      return { state: 'identical', packument: value };
    // Another client has written meanwhile: the next attempt starts from the new packument.
    current = value;
    decided = decide(value, coordinates);
    return decided.going.length === 0
      ? { state: 'identical', packument: value }
      : { state: 'absent' };
  };
  const send = async (): Promise<Answer<Problem>> => {
    const left = current.without(decided.going.map(({ version }) => version));
    return answerOf(step, what, () => client.putRevision(any.name, left, current.rev), {
      notServed: NOT_SERVED_HINT,
    });
  };
  const end = (removed: (one: Coordinate) => Removed): Unlisted => {
    const { ended } = endedAll(decided.going, current, removed);
    return { ended: new Map([...decided.kept, ...ended]), tarballs, packument: current };
  };
  const written = await write<Seen, Problem>({ send, read }, pace);
  if (written.state === 'not-written') return end((one) => incomplete(one, written.reason));
  if (written.state === 'unknown') return end((one) => removalUnknown(one, written.reason));
  const sent = current;
  const seen = written.state === 'found' ? written.seen : await readUntilGone(read, pace);
  if (seen.state !== 'identical')
    return end((one) => removalUnknown(one, seen.state === 'unknown' ? seen.problem : undefined));
  if (hasOverwritten(sent, seen.packument))
    return end((coordinate) => {
      return { coordinate, outcome: 'unknown', problem: overwritten(coordinate) };
    });
  return { ended: decided.kept, tarballs, packument: seen.packument };
}

function endedAll(
  coordinates: readonly Coordinate[],
  packument: Unlisted['packument'],
  removed: (one: Coordinate) => Removed,
): Unlisted {
  const ended = new Map(coordinates.map((one) => [one, removed(one)]));
  return { ended, tarballs: new Map(), packument };
}

function has({ versions }: RevisedPackument, version: string): boolean {
  return Object.hasOwn(versions, version);
}

interface Decided {
  readonly going: readonly Coordinate[];
  readonly kept: ReadonlyMap<Coordinate, Removed>;
}

function decide(packument: RevisedPackument, coordinates: readonly Coordinate[]): Decided {
  const there = coordinates.filter(({ version }) => has(packument, version));
  const tagOf = (version: string): string | undefined =>
    [...packument.tags].find(([, named]) => named === version)?.[0];
  const kept = new Map<Coordinate, string>(
    there.flatMap((coordinate) => {
      const tag = tagOf(coordinate.version);
      return tag === undefined ? [] : [[coordinate, `the dist-tag ${tag} names it`] as const];
    }),
  );
  const last = there.findLast((one) => !kept.has(one));
  const isAll = there.length - kept.size === Object.keys(packument.versions).length;
  if (last !== undefined && isAll)
    kept.set(last, 'it is the only version: without it the package would be gone');
  return {
    going: there.filter((one) => !kept.has(one)),
    kept: new Map(
      [...kept].map(([coordinate, reason]) => [
        coordinate,
        { coordinate, outcome: 'kept', reason },
      ]),
    ),
  };
}

/**
 * True if the packument was written more than once since it was read, and has nothing new: verdaccio
 * compares no revisions, so what another run has published or tagged in between is gone.
 */
function hasOverwritten(before: RevisedPackument, after: RevisedPackument | 'absent'): boolean {
  if (after === 'absent' || before.writes === undefined || after.writes === undefined) return false;
  const isNew = (version: string): boolean => !Object.hasOwn(before.versions, version);
  return after.writes > before.writes + 1 && !Object.keys(after.versions).some(isNew);
}

const READS = 3;

/** Waits for the write to show: a registry may show only later what it has accepted. */
async function readUntilGone(read: () => Promise<Seen>, pace: Pace): Promise<Seen> {
  for (let attempt = 1; ; attempt += 1) {
    const seen = await read();
    if (seen.state !== 'absent' || attempt === READS || !(await pace.pause(attempt))) return seen;
  }
}

const NOT_SERVED_HINT =
  "This registry does not support npm unpublish. Remove old dev builds with the registry's own clean-up, and run prune with --only and the ids of the other artifacts.";
