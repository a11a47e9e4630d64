import {
  type AncestorTag,
  type CommitSha,
  parseSha,
  type SourceTag,
} from '@ameide/versioning-core';
import { type GitCall, GitError, git, reasonOf, tryGit } from '../git-command.ts';
import { onceForEach } from '../once-for-each.ts';
import type { Commits } from './commits.ts';
import { createHistory } from './history.ts';
import type { Place } from './place.ts';
import type { Repository } from './repository.ts';
import { refuseShallow } from './shallow.ts';
import { parseTagList, peelTags, TAG_FORMAT } from './tags.ts';

interface Ancestry extends Pick<Repository, 'history' | 'tags' | 'tagsAt'> {
  /** See `SourceTree`. */
  readonly allTags: () => Promise<readonly SourceTag[]>;
  readonly ancestorTags: (
    sha: string,
    among?: readonly string[],
  ) => Promise<readonly AncestorTag[]>;
}

/** Answers what depends on a commit's ancestors. */
export function createAncestry(place: Place, commits: Commits, call: GitCall): Ancestry {
  const history = createHistory({
    isShallow: place.isShallow,
    complete: (id) => commits.complete(id),
    commonAncestor: (a, b) => commonAncestor(a, b, call),
  });
  const list = onceForEach((_only: 'tags') =>
    listTags(call, async (id: string) => commits.peel(id)),
  );
  const allTags: Ancestry['allTags'] = async () => list('tags');
  const tags: Ancestry['tags'] = async () => (await allTags()).filter(isOfCommit);
  const merged = onceForEach(async (sha: CommitSha) => mergedNames(sha, undefined, call));
  const ancestorTags: Ancestry['ancestorTags'] = async (sha, among) => {
    await refuseShallow({ root: place.root, isShallow: async () => place.isShallow });
    const commit = parseSha(sha);
    if (among?.length === 0) return [];
    const names = await (among === undefined ? merged(commit) : mergedNames(commit, among, call));
    return (await tags()).filter(({ tag }) => names.has(tag));
  };
  return {
    history: () => history,
    allTags,
    ancestorTags,
    tags,
    async tagsAt(sha) {
      const commit = parseSha(sha);
      return (await tags()).filter((one) => one.sha === commit).map(({ tag }) => tag);
    },
  };
}

function isOfCommit(tag: SourceTag): tag is AncestorTag {
  return tag.sha !== undefined;
}

async function listTags(call: GitCall, peel: Commits['peel']): Promise<readonly SourceTag[]> {
  const listed = await git(['for-each-ref', `--format=${TAG_FORMAT}`, 'refs/tags'], call);
  return peelTags(parseTagList(listed), peel);
}

/** How many tag names fit into the arguments of a process on every system. */
const MOST_NAMES = 200;

/**
 * Asks git which tags are on a commit or an ancestor: of those in `among`, or of all. Without a
 * commit-graph, git walks back to the oldest of them, so ask for few and recent tags where these are
 * enough.
 */
async function mergedNames(
  sha: CommitSha,
  among: readonly string[] | undefined,
  call: GitCall,
): Promise<ReadonlySet<string>> {
  const isShort = among !== undefined && among.length <= MOST_NAMES;
  const refs = isShort ? among.map((tag) => `refs/tags/${tag}`) : ['refs/tags'];
  const format = '--format=%(refname:lstrip=2)';
  const listed = await git(['for-each-ref', `--merged=${sha}`, format, ...refs], call);
  const names = listed.split('\n');
  // For v1, git also lists the tags below it, such as v1/x.
  return new Set(among === undefined ? names : names.filter((name) => among.includes(name)));
}

async function commonAncestor(a: string, b: string, call: GitCall): Promise<string | undefined> {
  const result = await tryGit(['merge-base', a, b], call);
  if (result.ok) return result.stdoutText.trim();
  // Two histories without a common commit.
  if (result.exitCode === 1) return undefined;
  throw new GitError(reasonOf(result));
}
