import { inParallel, type Repository } from '@ameide/publisher-kit';
import {
  type AncestorTag,
  compareBase,
  InvalidInputError,
  type ListedVersion,
  parseVersionTag,
} from '@ameide/versioning-core';
import type { PublisherRun } from './publisher-run.ts';
import { type VersionFacts, versionFacts } from './version-facts.ts';
import type { ListedRun } from './version-lists.ts';

/** One version of one artifact, with what the registry's list and the version's own text say. */
export interface Entry {
  readonly run: PublisherRun;
  readonly listed: ListedVersion;
  readonly facts: VersionFacts;
  /** The source SHA that the artifact names; before it is read, the one in the version's text. */
  readonly sha?: string;
  /** When its commit was made, or else when it was published, Unix seconds; 0 if unknown. */
  readonly time: number;
  /** True if only the day of `time` is known. */
  readonly isDay?: true;
}

export interface EntryFacts {
  readonly repository: Pick<Repository, 'commitTime'>;
  readonly tags: readonly AncestorTag[];
  readonly tagPrefix: string | undefined;
}

type Named = Omit<Entry, 'time' | 'isDay'>;
type Time = Pick<Entry, 'time' | 'isDay'>;

/** Returns everything that the registries list, with the time of each. */
export async function entriesOf(
  lists: readonly ListedRun[],
  facts: EntryFacts,
): Promise<readonly Entry[]> {
  const tagged = taggedVersions(facts);
  const named = lists.flatMap(({ list, run }) =>
    (list?.versions ?? []).map((listed): Named => {
      const own = versionFacts(listed.coordinate);
      const sha = listed.sha ?? own.sha;
      return { run, listed, facts: own, ...(sha === undefined ? {} : { sha }) };
    }),
  );
  const told = timesByCommit(named);
  return inParallel(named, async (one) => {
    const { facts: own, listed, sha } = one;
    // The commit time of a release comes from its git tag, without a request to the registry.
    const at = sha ?? (own.tagged && tagged.get(own.tagged));
    const committed = at ? await commitTimeOf(at, facts) : undefined;
    if (committed !== undefined) return { ...one, time: committed };
    const time = timeIn(own) ?? (at ? told.get(at) : undefined);
    return { ...one, ...(time ?? { time: publishedTime(listed) ?? 0 }) };
  });
}

/**
 * The times of commits, as the versions of their other artifacts say them: a clone may lack a commit of
 * a branch that was deleted, and an image's tag has no time.
 */
function timesByCommit(entries: readonly Named[]): ReadonlyMap<string, Time> {
  return new Map(
    entries.flatMap(({ facts, sha }) => {
      const time = facts.isOurs ? timeIn(facts) : undefined;
      return sha === undefined || time === undefined ? [] : [[sha, time] as const];
    }),
  );
}

function timeIn({ isDay, time }: VersionFacts): Time | undefined {
  if (time === undefined) return undefined;
  return isDay === undefined ? { time } : { time, isDay };
}

/** The commits of version tags, by the version: `0.1.0`, `0.1.0-rc.1`. */
export function taggedVersions({
  tagPrefix,
  tags,
}: Pick<EntryFacts, 'tags' | 'tagPrefix'>): ReadonlyMap<string, string> {
  return new Map(
    tags.flatMap(({ sha, tag }) => {
      const channel = parseVersionTag(tag, tagPrefix);
      if (channel === undefined) return [];
      const number = channel.kind === 'candidate' ? `-rc.${channel.number}` : '';
      return [[`${channel.base}${number}`, sha] as const];
    }),
  );
}

/** Undefined for a commit that this clone does not have. */
export async function commitTimeOf(
  sha: string,
  { repository }: Pick<EntryFacts, 'repository'>,
): Promise<number | undefined> {
  try {
    return await repository.commitTime(sha);
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

function publishedTime({ publishedAt }: ListedVersion): number | undefined {
  const time = publishedAt === undefined ? Number.NaN : Date.parse(publishedAt) / 1000;
  return Number.isFinite(time) ? time : undefined;
}

/**
 * Chooses the newest `limit` releases and candidates, and the newest `limit` dev builds, counted by commit.
 * Commits are compared by their times, because not every list says which commit a version is of.
 * Versions of unknown time come last, each by itself.
 */
export function newest(entries: readonly Entry[], limit: number): readonly Entry[] {
  const tagged = buildsOf(entries.filter(({ facts }) => facts.channel !== 'dev'));
  const isTagged = new Set(tagged);
  // The commit of a release also has the name that a dev build has: the commit tag.
  const others = buildsOf(entries).filter((build) => !isTagged.has(build));
  const chosen = new Set([...tagged.slice(0, limit), ...others.slice(0, limit)]);
  return entries.filter((entry) => chosen.has(buildOf(entry)));
}

type Build = number | string;

/** The newest first. */
function buildsOf(entries: readonly Entry[]): readonly Build[] {
  return [...new Set(entries.toSorted(newerFirst).map(buildOf))];
}

function buildOf({ listed, sha, time }: Entry): Build {
  return time > 0 ? time : (sha ?? listed.coordinate.version);
}

function newerFirst(a: Entry, b: Entry): number {
  const [one, other] = [a.facts.release, b.facts.release];
  if (a.time !== b.time || one === undefined || other === undefined) return b.time - a.time;
  return compareBase(other, one);
}
