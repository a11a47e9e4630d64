import { type FieldError, invalid, type Reply } from './reply.ts';
import type { StoredRelease, StoredRepository } from './world.ts';

/** The context of a publication: who publishes, and when. */
interface Occasion {
  readonly repository: StoredRepository;
  readonly now: string;
}

/**
 * Publishes a draft: makes its tag from `target_commitish` if there is none, and makes it immutable
 * if the repository has immutable releases. Returns a refusal, after which nothing has changed.
 */
export async function publishRelease(
  { repository, now }: Occasion,
  release: StoredRelease,
): Promise<Reply | undefined> {
  const { git, releases, usedTags } = repository;
  const { tag } = release;
  const isTaken = releases.some((other) => other !== release && !other.draft && other.tag === tag);
  if (isTaken) return refusal({ code: 'already_exists', field: 'tag_name' });
  const ref = `refs/tags/${tag}`;
  const isTagged = (await git.ref(ref)) !== undefined;
  if (!isTagged && usedTags.has(tag))
    return refusal(
      { code: 'custom', field: 'tag_name', message: 'tag_name was used by an immutable release' },
      NO_TAG,
    );
  const commit = await git.commitOf(isTagged ? ref : release.target);
  if (commit === undefined) return refusal({ code: 'invalid', field: 'target_commitish' }, NO_TAG);
  if (!isTagged && !(await git.set(ref, commit, undefined))) return refusal(NO_TAG);
  release.draft = false;
  release.publishedAt = now;
  release.createdAt = (await git.commit(commit)).committer.date;
  release.immutable = repository.immutableReleases;
  if (release.immutable) usedTags.add(tag);
  return undefined;
}

const NO_TAG = { code: 'custom', message: 'Published releases must have a valid tag' } as const;

function refusal(...errors: readonly Omit<FieldError, 'resource'>[]): Reply {
  return invalid(...errors.map((error) => ({ resource: 'Release', ...error })));
}
