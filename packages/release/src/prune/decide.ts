import type { PointerFinding } from '@ameide/versioning-core';
import type { Entry } from '../run/entries.ts';
import type { PublisherRun } from '../run/publisher-run.ts';
import type { ListedRun } from '../run/version-lists.ts';

/**
 * Why a dev build is kept.
 * - `newest`: its commit is one of the newest. `young`: it was committed or uploaded recently enough.
 * - `release`: its commit is also a release or a candidate.
 * - `pointer`: a pointer names its commit.
 * - `current`: a later commit that is kept has no build of this artifact, so this one is current there.
 * - `foreign`: not a version that this program derives. `age-unknown`: neither the version nor the
 *   registry's list has a time.
 */
export type KeepReason =
  | 'newest'
  | 'young'
  | 'release'
  | 'pointer'
  | 'current'
  | 'foreign'
  | 'age-unknown';

export interface PruneRules {
  /** How many commits with dev builds to keep, the newest first. */
  readonly keep?: number | undefined;
  /** Unix seconds: a dev build that was committed or uploaded later is kept. */
  readonly youngerThan?: number | undefined;
}

export interface PruneInput {
  readonly lists: readonly ListedRun[];
  /** Every version that the registries list, releases too. */
  readonly entries: readonly Entry[];
  /** The commits of the version tags. */
  readonly released: ReadonlySet<string>;
}

export interface Decision {
  readonly entry: Entry;
  /** Absent for a dev build that may be removed. */
  readonly keep?: KeepReason;
}

/**
 * Decides about every dev build, by commit across all artifacts: the builds of one commit are kept or
 * removed together. Identifies a commit by its time, which every ecosystem's dev version has. Pure.
 */
export function decidePrune(input: PruneInput, rules: PruneRules): readonly Decision[] {
  const dev = input.entries.filter(({ facts }) => facts.channel === 'dev');
  const timed = dev.filter(({ facts, time }) => facts.isOurs && time > 0);
  const reasons = commitReasons(timed, input, rules);
  const first = dev.map((entry): Decision => {
    const keep = ownReason(entry) ?? reasons.get(entry.time);
    return keep === undefined ? { entry } : { entry, keep };
  });
  const current = currentOfKept(first, input.entries);
  return first.map((one) =>
    one.keep === undefined && current.has(one.entry) ? { ...one, keep: 'current' } : one,
  );
}

function ownReason({ facts, time }: Entry): KeepReason | undefined {
  if (!facts.isOurs) return 'foreign';
  return time > 0 ? undefined : 'age-unknown';
}

/** Why commits are kept, by their time. The strongest reason wins. */
function commitReasons(
  timed: readonly Entry[],
  { entries, lists, released }: PruneInput,
  { keep = 0, youngerThan = Number.POSITIVE_INFINITY }: PruneRules,
): ReadonlyMap<number, KeepReason> {
  const times = [...new Set(timed.map(({ time }) => time))].toSorted((a, b) => b - a);
  const young = timed.filter((entry) => lastSeen(entry) > youngerThan);
  const named = timed.filter((entry) => isNamed(entry, lists));
  const tagged = entries.filter(
    ({ facts, sha }) => facts.channel !== 'dev' || (sha !== undefined && released.has(sha)),
  );
  const reason =
    (why: KeepReason) =>
    (time: number): readonly [number, KeepReason] => [time, why];
  return new Map([
    ...times.slice(0, keep).map(reason('newest')),
    ...young.map(({ time }) => time).map(reason('young')),
    ...named.map(({ time }) => time).map(reason('pointer')),
    ...tagged.map(({ time }) => time).map(reason('release')),
  ]);
}

/** A build of an old commit that was uploaded today counts as young. */
function lastSeen({ listed, time }: Entry): number {
  const uploaded = listed.publishedAt === undefined ? 0 : Date.parse(listed.publishedAt) / 1000;
  return Math.max(time, Number.isFinite(uploaded) ? uploaded : Number.POSITIVE_INFINITY);
}

function isNamed({ listed, run, sha }: Entry, lists: readonly ListedRun[]): boolean {
  const pointers = lists.find((one) => one.run === run)?.list?.pointers ?? [];
  const isThis = (pointer: PointerFinding): boolean =>
    pointer.version === listed.coordinate.version ||
    (pointer.sha !== undefined && pointer.sha === sha) ||
    (pointer.digest !== undefined && pointer.digest === listed.digest);
  return pointers.some(isThis);
}

/**
 * Returns, for every commit that is kept, the newest build of each artifact up to that commit: a build
 * of one artifact alone leaves the other artifacts at their earlier builds. Where the commit has a
 * release of the artifact, no dev build is current.
 */
function currentOfKept(decisions: readonly Decision[], all: readonly Entry[]): ReadonlySet<Entry> {
  const isTimed = ({ keep }: Decision): boolean => keep !== 'foreign' && keep !== 'age-unknown';
  const kept = new Set(
    decisions.flatMap((one) => (one.keep !== undefined && isTimed(one) ? [one.entry.time] : [])),
  );
  const isReleased = (of: PublisherRun, at: number): boolean =>
    all.some(({ facts, run, time }) => facts.channel !== 'dev' && run === of && time === at);
  const ofRun = Map.groupBy(
    decisions.filter(isTimed).map(({ entry }) => entry),
    ({ run }) => run,
  );
  return new Set(
    [...ofRun].flatMap(([run, entries]) =>
      [...kept].flatMap((time) => {
        if (isReleased(run, time)) return [];
        const before = entries.filter((entry) => entry.time <= time);
        const newest = Math.max(...before.map((entry) => entry.time));
        return before.filter((entry) => entry.time === newest);
      }),
    ),
  );
}
