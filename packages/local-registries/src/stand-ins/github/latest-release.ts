import type { StoredRelease, StoredRepository } from './world.ts';

/**
 * Returns the release that `/releases/latest` shows: the one that a request has set, else, as for
 * `make_latest: legacy`, the one whose commit is newest, and of those the one with the highest
 * version. Drafts and prereleases are never the latest.
 */
export function latestRelease(repository: StoredRepository): StoredRelease | undefined {
  const shown = repository.releases.filter(({ draft, prerelease }) => !draft && !prerelease);
  const set = shown.find(({ id }) => id === repository.latest);
  return set ?? shown.toSorted(byCommit).at(-1);
}

function byCommit(one: StoredRelease, other: StoredRelease): number {
  if (one.createdAt !== other.createdAt) return one.createdAt < other.createdAt ? -1 : 1;
  return one.tag.localeCompare(other.tag, 'en', { numeric: true });
}

/** Obeys `make_latest` of a request that publishes a release, or changes a published one. */
export function makeLatest(
  repository: StoredRepository,
  release: StoredRelease,
  wish: unknown,
): void {
  if (release.draft || release.prerelease) return;
  if (wish === 'true') repository.latest = release.id;
  const loses = wish === 'legacy' || repository.latest === release.id;
  if (loses && wish !== 'true') repository.latest = undefined;
}
