import type { Repository } from '@ameide/publisher-kit';
import {
  type AncestorTag,
  type BaseVersion,
  type ChannelKind,
  compareBase,
  formatCoordinate,
  InvalidInputError,
  parseVersionTag,
} from '@ameide/versioning-core';
import { artifactUrl, commitUrl } from '../report/page-url.ts';
import { currentRelease } from '../run/current-release.ts';
import type { Entry } from '../run/entries.ts';
import { type IsOwnRelease, ownReleases } from '../run/own-releases.ts';
import type { ListedRun } from '../run/version-lists.ts';
import type { ReadEntry } from './read-entry.ts';
import type { MapCell, MapRow, MapVersion } from './release-map.ts';

export interface RowFacts {
  readonly lists: readonly ListedRun[];
  readonly repository: Pick<Repository, 'commitTime' | 'subject'>;
  readonly repositoryUrl: string | undefined;
  readonly tags: readonly AncestorTag[];
  readonly tagPrefix: string | undefined;
}

/** Returns one row for each commit, the newest first, then those of versions that name no commit. */
export async function rowsOf(
  entries: readonly ReadEntry[],
  facts: RowFacts,
): Promise<readonly MapRow[]> {
  const named = Map.groupBy(entries, ({ sha, listed }) => sha ?? ` ${listed.coordinate.version}`);
  const isOwn = ownReleases(facts);
  const rows = await Promise.all([...named.values()].map(async (own) => rowOf(own, facts, isOwn)));
  return rows
    .toSorted((a, b) => b.place - a.place || (a.row.sha ?? '').localeCompare(b.row.sha ?? ''))
    .map(({ row }) => row);
}

interface PlacedRow {
  readonly row: MapRow;
  readonly place: number;
}

async function rowOf(
  entries: readonly ReadEntry[],
  facts: RowFacts,
  isOwn: IsOwnRelease,
): Promise<PlacedRow> {
  const sha = entries[0]?.sha;
  const commit = sha === undefined ? undefined : await readCommitFacts(sha, facts);
  const release = highestRelease(entries, isOwn);
  const cells = facts.lists.map((list) => cellOf(list, entries, { release, isOwn }));
  const row: MapRow = {
    ...(sha === undefined ? {} : { sha }),
    ...commit?.shown,
    channel: release === undefined ? unreleasedChannel(entries) : 'release',
    tags: facts.tags
      .filter((one) => one.sha === sha && parseVersionTag(one.tag, facts.tagPrefix) !== undefined)
      .map(({ tag }) => tag),
    cells,
  };
  const time = commit?.time ?? Math.max(...entries.map((one) => one.time));
  return { row, place: sha === undefined ? time - Number.MAX_SAFE_INTEGER : time };
}

interface CommitFacts {
  readonly time: number;
  readonly shown: Pick<MapRow, 'datetime' | 'subject' | 'url'>;
}

/** Undefined for a commit that this clone does not have. */
async function readCommitFacts(
  sha: string,
  { repository, repositoryUrl }: RowFacts,
): Promise<CommitFacts | undefined> {
  try {
    const [time, subject] = await Promise.all([
      repository.commitTime(sha),
      repository.subject(sha),
    ]);
    const url = commitUrl(repositoryUrl, sha);
    const datetime = new Date(time * 1000).toISOString().replace('.000Z', 'Z');
    return { time, shown: { datetime, subject, ...(url === undefined ? {} : { url }) } };
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

/** A release that another tool made is a build like any other. */
function unreleasedChannel(entries: readonly Entry[]): ChannelKind {
  return entries.some(({ facts }) => facts.channel === 'candidate') ? 'candidate' : 'dev';
}

function highestRelease(entries: readonly Entry[], isOwn: IsOwnRelease): BaseVersion | undefined {
  return entries
    .flatMap(({ facts }) => facts.release ?? [])
    .filter(isOwn)
    .toSorted(compareBase)
    .at(-1);
}

function cellOf(
  { list, run }: ListedRun,
  entries: readonly ReadEntry[],
  { isOwn, release }: { readonly isOwn: IsOwnRelease; readonly release: BaseVersion | undefined },
): MapCell {
  const own = entries.filter((one) => one.run === run);
  const cell = { publisher: run.id, versions: own.toSorted(inOrder).map(versionIn(list)) };
  const hasRelease = own.some(({ facts }) => facts.release !== undefined);
  if (release === undefined || hasRelease) return cell;
  const current = currentRelease(list?.versions ?? [], release, isOwn);
  return current === undefined ? cell : { ...cell, current };
}

/** Commit tags come last: they only repeat the commit of the row. */
function inOrder(a: Entry, b: Entry): number {
  const isCommit = ({ facts }: Entry): boolean => facts.sha !== undefined;
  if (isCommit(a) !== isCommit(b)) return isCommit(a) ? 1 : -1;
  return formatCoordinate(a.listed.coordinate) < formatCoordinate(b.listed.coordinate) ? -1 : 1;
}

function versionIn(list: ListedRun['list']): (entry: ReadEntry) => MapVersion {
  return ({ deprecated, digest, listed: { coordinate }, resolved, run, state }) => {
    const { version } = coordinate;
    const url = artifactUrl(coordinate, run.plan);
    const naming = (list?.pointers ?? []).filter(
      (pointer) => pointer.version === version || (resolved && pointer.version === resolved),
    );
    return {
      coordinate: formatCoordinate(coordinate),
      version,
      ...(resolved === undefined ? {} : { resolved }),
      state,
      ...(digest === undefined ? {} : { digest }),
      pointers: naming.map(({ pointer }) => pointer.pointer).toSorted(),
      ...(deprecated === undefined ? {} : { deprecated }),
      ...(url === undefined ? {} : { url }),
    };
  };
}
