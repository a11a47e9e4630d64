import { type AncestorTag, type CommitSha, parseSha } from '@ameide/versioning-core';
import { type GitCall, GitError, git, reasonOf, tryGit } from '../git-command.ts';
import { onceForEach } from '../once-for-each.ts';
import type { Commits } from './commits.ts';
import { createHistory } from './history.ts';
import type { Place } from './place.ts';
import type { Repository } from './repository.ts';
import { refuseShallow } from './shallow.ts';
import { parseTagList, peelTags, TAG_FORMAT } from './tags.ts';

interface Ancestry extends Pick<Repository, 'history' | 'tags' | 'tagsAt' | 'mergedTags'> {
  readonly ancestorTags: (sha: string) => Promise<readonly AncestorTag[]>;
}

/** Answers what depends on a commit's ancestors. */
export function createAncestry(place: Place, commits: Commits, call: GitCall): Ancestry {
  const peel: Commits['peel'] = async (id) => commits.peel(id);
  const tags = createTagLister(call, peel);
  const history = createHistory({
    isShallow: place.isShallow,
    complete: (id) => commits.complete(id),
    isAncestor: (a, b) => isAncestor(a, b, call),
  });
  const ancestorTags: Ancestry['ancestorTags'] = async (sha) => {
    await refuseShallow({ root: place.root, isShallow: async () => place.isShallow });
    return tags(parseSha(sha));
  };
  return {
    history: () => history,
    ancestorTags,
    tags: async () => listTags([], call, peel),
    tagsAt: async (sha) =>
      (await tags(parseSha(sha))).filter((one) => one.sha === sha).map(({ tag }) => tag),
    mergedTags: async (sha) => (await ancestorTags(sha)).map(({ tag }) => tag),
  };
}

function createTagLister(
  call: GitCall,
  peel: Commits['peel'],
): (sha: CommitSha) => Promise<readonly AncestorTag[]> {
  return onceForEach(async (sha) => listTags([`--merged=${sha}`], call, peel));
}

async function listTags(
  only: readonly string[],
  call: GitCall,
  peel: Commits['peel'],
): Promise<readonly AncestorTag[]> {
  const listed = await git(['for-each-ref', ...only, `--format=${TAG_FORMAT}`, 'refs/tags'], call);
  return peelTags(parseTagList(listed), peel);
}

async function isAncestor(ancestor: string, descendant: string, call: GitCall): Promise<boolean> {
  const result = await tryGit(['merge-base', '--is-ancestor', ancestor, descendant], call);
  if (result.ok || result.exitCode === 1) return result.ok;
  throw new GitError(reasonOf(result));
}
