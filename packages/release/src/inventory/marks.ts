import {
  type AncestorTag,
  type Channel,
  compareBase,
  formatCoordinate,
  type History,
  parseVersionTag,
} from '@ameide/versioning-core';
import type { Mark } from '../report/inventory-mark.ts';
import { versionFacts } from '../run/version-facts.ts';
import type { Answer } from './answers.ts';
import type { ListedReleases, NewestRelease } from './newest-releases.ts';
import { artifactKey, type Use } from './service.ts';

export interface MarkFacts {
  readonly history: History;
  /** What each commit was released as, by the tags of the repository. */
  readonly released: ReadonlyMap<string, ReadonlySet<Channel['kind']>>;
}

/** What each commit was released as. */
export function releaseKinds(
  tags: readonly AncestorTag[],
  tagPrefix: string | undefined,
): MarkFacts['released'] {
  const released = new Map<string, Set<Channel['kind']>>();
  for (const { sha, tag } of tags) {
    const channel = parseVersionTag(tag, tagPrefix);
    if (channel === undefined) continue;
    released.set(sha, (released.get(sha) ?? new Set()).add(channel.kind));
  }
  return released;
}

/** The marks of one artifact of one service. */
export async function marksOf(
  use: Use,
  answer: Answer | undefined,
  { newest, withdrawn }: Pick<ListedReleases, 'newest' | 'withdrawn'>,
  facts: MarkFacts,
): Promise<readonly Mark[]> {
  if (use.kind === 'workspace') return [];
  const sha = answer?.state === 'known' ? answer.sha : undefined;
  const kind = channelOf(use, sha, facts);
  const release = newest.get(artifactKey(use));
  const isListed = use.kind === 'registry' && withdrawn.has(formatCoordinate(use));
  const isDeprecated = answer?.state === 'known' && answer.deprecated !== undefined;
  return [
    ...((await isBehind(use, sha, release, facts)) ? (['behind'] as const) : []),
    ...(isListed || isDeprecated ? (['withdrawn'] as const) : []),
    ...(kind === 'dev' || kind === 'candidate' ? [kind] : []),
    ...(sha === undefined ? (['unknown'] as const) : []),
  ];
}

/** A commit tag, a digest and a pointer do not say what they are: the commit they lead to does. */
function channelOf(
  use: Use,
  sha: string | undefined,
  { released }: MarkFacts,
): Channel['kind'] | undefined {
  if (use.kind !== 'registry') return undefined;
  const own = versionFacts(use);
  if (own.isOurs && own.sha === undefined) return own.channel;
  if (use.version === 'dev') return 'dev';
  const kinds = sha === undefined ? undefined : released.get(sha);
  if (sha === undefined) return undefined;
  return kinds?.has('release') === true
    ? 'release'
    : kinds?.has('candidate') === true
      ? 'candidate'
      : 'dev';
}

/**
 * True if a newer release exists. Releases are compared by their versions; everything else by history: it is
 * behind unless its commit comes after the release, or is that.
 */
async function isBehind(
  use: Use,
  sha: string | undefined,
  newest: NewestRelease | undefined,
  { history }: MarkFacts,
): Promise<boolean> {
  if (newest === undefined) return false;
  const own = use.kind === 'registry' ? versionFacts(use).release : undefined;
  if (own !== undefined) return compareBase(own, newest.base) < 0;
  if (sha === undefined || newest.sha === undefined) return false;
  const relation = await history.relation(sha, newest.sha);
  return relation === 'ancestor' || relation === 'diverged';
}
