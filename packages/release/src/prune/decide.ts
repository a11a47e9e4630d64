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
  /** The commits of releases and candidates, also of those that no registry lists. */
  readonly released: readonly ReleasedCommit[];
}

export interface ReleasedCommit {
  readonly sha: string;
  /** Unix seconds. Absent for a commit that this clone does not have. */
  readonly time?: number | undefined;
}

export interface Decision {
  readonly entry: Entry;
  /** Absent for a dev build that may be removed. */
  readonly keep?: KeepReason;
}

/**
 * Decides about every dev build, by commit across all artifacts: the builds of one commit are kept or
 * removed together. Identifies a commit by its SHA, or by its time, which every ecosystem's dev version
 * has. Pure.
 */
export function decidePrune(input: PruneInput, rules: PruneRules): readonly Decision[] {
  const dev = input.entries.filter(({ facts }) => facts.channel === 'dev');
  const timed = dev.filter(({ facts, time }) => facts.isOurs && time > 0);
  const reasons = commitReasons(timed, input, rules);
  const first = dev.map((entry): Decision => {
    const keep = ownReason(entry) ?? strongest(namesOf(entry).map((name) => reasons.get(name)));
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

/** What a commit is recognised by: its SHA, its time, its day for what says no more. */
type CommitName = string | number;

interface Commit extends Pick<Entry, 'time' | 'isDay'> {
  readonly sha?: string | undefined;
}

/** What an artifact names its commit by. */
function namesOf({ isDay, sha, time }: Commit): readonly CommitName[] {
  return [...(sha === undefined ? [] : [sha]), isDay === true ? dayOf(time) : time];
}

/** Every name by which an artifact of the commit may name it. */
function allNamesOf(commit: Commit): readonly CommitName[] {
  return [...namesOf(commit), dayOf(commit.time)];
}

function dayOf(time: number): string {
  return `day ${Math.floor(time / DAY)}`;
}

const DAY = 86_400;
const STRENGTH = ['newest', 'young', 'pointer', 'release'] as const;

function strongest(reasons: readonly (KeepReason | undefined)[]): KeepReason | undefined {
  return STRENGTH.findLast((one) => reasons.includes(one));
}

/** Why commits are kept. The strongest reason wins. */
function commitReasons(
  timed: readonly Entry[],
  { entries, lists, released }: PruneInput,
  { keep = 0, youngerThan = Number.POSITIVE_INFINITY }: PruneRules,
): ReadonlyMap<CommitName, KeepReason> {
  const young = timed.filter((entry) => lastSeen(entry) > youngerThan);
  const named = timed.filter((entry) => isNamed(entry, lists));
  const pointed = lists.flatMap(({ list }) =>
    (list?.pointers ?? []).flatMap(({ sha }) => sha ?? []),
  );
  const shas = new Set(released.map(({ sha }) => sha));
  const tagged = entries.filter(
    ({ facts, sha }) => facts.channel !== 'dev' || (sha !== undefined && shas.has(sha)),
  );
  const times = released.flatMap(({ time }) => (time === undefined ? [] : [{ time }]));
  const releasedNames = new Set<CommitName>([
    ...[...tagged, ...times].flatMap(allNamesOf),
    ...shas,
  ]);
  // A released commit is kept anyway: `keep` counts the others.
  const unreleased = timed.filter((one) => !namesOf(one).some((name) => releasedNames.has(name)));
  const because = (
    reason: KeepReason,
    names: readonly CommitName[],
  ): readonly (readonly [CommitName, KeepReason])[] => names.map((name) => [name, reason]);
  return new Map([
    ...because('newest', newestCommits(unreleased, keep).flatMap(allNamesOf)),
    ...because('young', young.flatMap(allNamesOf)),
    ...because('pointer', [...named.flatMap(allNamesOf), ...pointed]),
    ...because('release', [...releasedNames]),
  ]);
}

/** The newest commits; one that only a day is known of counts only where that day has no other. */
function newestCommits(timed: readonly Entry[], keep: number): readonly Commit[] {
  const exact = new Set(timed.filter((one) => one.isDay !== true).map(({ time }) => time));
  const days = new Set([...exact].map(dayOf));
  const alone = timed.filter(({ isDay, time }) => isDay === true && !days.has(dayOf(time)));
  const times = [...new Set([...exact, ...alone.map(({ time }) => time)])];
  const kept = new Set(times.toSorted((a, b) => b - a).slice(0, keep));
  return timed.filter(
    ({ isDay, time }) => kept.has(time) && (isDay !== true || !days.has(dayOf(time))),
  );
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
    decisions.flatMap((one) =>
      one.keep !== undefined && isTimed(one) ? [latestOf(one.entry)] : [],
    ),
  );
  const isReleased = (of: PublisherRun, at: number): boolean =>
    all.some(({ facts, run, time }) => facts.channel !== 'dev' && run === of && time === at);
  const ofRun = Map.groupBy(
    decisions.filter(isTimed).map(({ entry }) => entry),
    ({ run }) => run,
  );
  const times = [...kept].toSorted((a, b) => a - b);
  return new Set(
    [...ofRun].flatMap(([run, entries]) =>
      newestBefore(
        entries,
        times.filter((time) => !isReleased(run, time)),
      ),
    ),
  );
}

/** Returns the newest entries that are not above each of the times, which are in ascending order. */
function newestBefore(entries: readonly Entry[], times: readonly number[]): readonly Entry[] {
  const sorted = [...Map.groupBy(entries, ({ time }) => time)].toSorted(([a], [b]) => a - b);
  let next = 0;
  return times.flatMap((time) => {
    const start = next;
    while ((sorted[next]?.[0] ?? Number.POSITIVE_INFINITY) <= time) next += 1;
    return next === start ? [] : (sorted[next - 1]?.[1] ?? []);
  });
}

/** The latest time that the commit may have. */
function latestOf({ isDay, time }: Entry): number {
  return isDay === true ? time + DAY - 1 : time;
}
