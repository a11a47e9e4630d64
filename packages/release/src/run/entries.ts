import { inParallel, type Repository } from '@ameide/publisher-kit';
import {
  type AncestorTag,
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
}

export interface EntryFacts {
  readonly repository: Pick<Repository, 'commitTime'>;
  readonly tags: readonly AncestorTag[];
  readonly tagPrefix: string | undefined;
}

/** Returns everything that the registries list, with the time of each. */
export async function entriesOf(
  lists: readonly ListedRun[],
  facts: EntryFacts,
): Promise<readonly Entry[]> {
  const tagged = taggedVersions(facts);
  const entries = lists.flatMap(({ list, run }) =>
    (list?.versions ?? []).map((listed) => ({ run, listed })),
  );
  return inParallel(entries, async ({ listed, run }) => {
    const own = versionFacts(listed.coordinate);
    const sha = listed.sha ?? own.sha;
    // The commit time of a release comes from its git tag, without a request to the registry.
    const at = sha ?? (own.tagged && tagged.get(own.tagged));
    const committed = at ? await timeOf(at, facts) : undefined;
    const time = committed ?? own.time ?? publishedTime(listed) ?? 0;
    return { run, listed, facts: own, time, ...(sha === undefined ? {} : { sha }) };
  });
}

/** The commits of version tags, by the version: `0.1.0`, `0.1.0-rc.1`. */
function taggedVersions({ tagPrefix, tags }: EntryFacts): ReadonlyMap<string, string> {
  return new Map(
    tags.flatMap(({ sha, tag }) => {
      const channel = parseVersionTag(tag, tagPrefix);
      if (channel === undefined) return [];
      const number = channel.kind === 'candidate' ? `-rc.${channel.number}` : '';
      return [[`${channel.base}${number}`, sha] as const];
    }),
  );
}

async function timeOf(sha: string, { repository }: EntryFacts): Promise<number | undefined> {
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
 */
export function newest(entries: readonly Entry[], limit: number): readonly Entry[] {
  const tagged = timesOf(entries.filter(({ facts }) => facts.channel !== 'dev'));
  const isTagged = new Set(tagged);
  // The commit of a release also has the name that a dev build has: the commit tag.
  const others = timesOf(entries).filter((time) => !isTagged.has(time));
  const chosen = new Set([...tagged.slice(0, limit), ...others.slice(0, limit)]);
  return entries.filter(({ time }) => chosen.has(time));
}

/** The newest first. */
function timesOf(entries: readonly Entry[]): readonly number[] {
  return [...new Set(entries.map(({ time }) => time))].toSorted((a, b) => b - a);
}
