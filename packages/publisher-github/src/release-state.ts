import type { Asked } from '@ameide/publisher-kit/github';
import type { ApiRelease, GithubClient } from './api/client.ts';
import { isMarked } from './marker.ts';

/** The state of one release on GitHub. */
export interface ReleaseState {
  /** The commit that the tag names; undefined if there is no such tag. */
  readonly commit: string | undefined;
  readonly published: ApiRelease | undefined;
  /** Our drafts of this tag and commit, the oldest first. Two runs at once may make two. */
  readonly drafts: readonly ApiRelease[];
  /** How many drafts of this tag are not ours. */
  readonly foreignDrafts: number;
}

/** The release that is asked for. */
export interface Wanted {
  readonly tag: string;
  readonly sha: string;
}

/**
 * Reads the tag, and the release of it. Drafts can only be found by listing all releases, so they
 * are only read if nothing is published, or with `withDrafts`. Without `sha`, ours are those of the commit
 * that the tag names.
 */
export async function readState(
  client: GithubClient,
  wanted: Pick<Wanted, 'tag'> & Partial<Wanted>,
  { withDrafts = false }: { readonly withDrafts?: boolean } = {},
): Promise<Asked<ReleaseState>> {
  const [commit, published] = await Promise.all([
    client.tag(wanted.tag),
    client.published(wanted.tag),
  ]);
  if (commit.failure !== undefined) return commit;
  if (published.failure !== undefined) return published;
  const found = { commit: commit.value, published: published.value };
  if (found.published !== undefined && !withDrafts)
    return { value: { ...found, drafts: [], foreignDrafts: 0 } };
  const sha = wanted.sha ?? found.commit;
  if (sha === undefined) return { value: { ...found, drafts: [], foreignDrafts: 0 } };
  const listed = await client.releases();
  if (listed.failure !== undefined) return listed;
  const all = listed.value.filter(({ draft, tag_name }) => draft && tag_name === wanted.tag);
  const drafts = ourDrafts(all, { tag: wanted.tag, sha });
  return { value: { ...found, drafts, foreignDrafts: all.length - drafts.length } };
}

/** Returns our drafts among releases, the oldest first: GitHub's ids increase. */
export function ourDrafts(
  releases: readonly ApiRelease[],
  { sha, tag }: Wanted,
): readonly ApiRelease[] {
  return releases
    .filter((one) => one.draft && one.tag_name === tag && isMarked(one.body, sha))
    .toSorted((a, b) => a.id - b.id);
}
