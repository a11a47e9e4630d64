import { type CommitSha, InvalidInputError, isSha, parseSha } from '@ameide/versioning-core';
import { parseRevision } from '../ref-name.ts';
import { type CommitHeader, parseCommit } from './object-format.ts';
import type { ObjectReader } from './object-reader.ts';
import type { Refs } from './refs.ts';

/** Finds commits by name or id. */
export interface Commits {
  /** See `Repository.resolve`. */
  resolve(ref: string): Promise<CommitSha>;
  /** Returns the commit of an object: of a tag, also of a tag of tags. Undefined if it has none. */
  peel(id: string): Promise<CommitSha | undefined>;
  /**
   * Reads the commit with exactly this id. Throws `InvalidInputError` if there is none; the id of a
   * tag or a tree does not count.
   */
  header(sha: string): Promise<CommitHeader>;
  /**
   * Completes an id of 7 or more digits to the full commit id. Returns undefined if there is no
   * such commit, or more than one.
   */
  complete(id: string): Promise<CommitSha | undefined>;
}

export function createCommits(reader: ObjectReader, refs: Refs, isShallow: boolean): Commits {
  const headers = new Map<string, CommitHeader>();
  const peel: Commits['peel'] = async (id) => {
    // Git takes all digits of an id for the id, never for a ref of that name.
    const answer = await reader.read(`${id}^{commit}`);
    if ('absent' in answer) return undefined;
    headers.set(answer.id, parseCommit(answer.content));
    return parseSha(answer.id);
  };
  const peelAll = async (ids: readonly string[]): Promise<readonly CommitSha[]> => {
    const peeled = await Promise.all(ids.map(peel));
    return [...new Set(peeled.filter((sha) => sha !== undefined))];
  };
  const none = (field: string, received: string, expected: string): InvalidInputError =>
    new InvalidInputError({
      field,
      received,
      expected,
      hint: isShallow
        ? 'This clone is shallow: fetch all of it (actions/checkout: fetch-depth: 0; elsewhere: git fetch --unshallow --tags).'
        : 'Fetch it first (git fetch --tags), or check the spelling: git show-ref',
    });
  return {
    peel,
    async resolve(ref) {
      const [found, ...others] = await peelAll(await objectsNamed(parseRevision(ref), refs));
      if (found === undefined) throw none('ref', ref, 'the name of a commit in this repository');
      if (others.length === 0) return found;
      throw new InvalidInputError(
        {
          field: 'ref',
          received: ref,
          expected: 'a name that belongs to only one commit',
          hint: 'Write it in full: refs/tags/<name>, refs/heads/<name>, or all digits of the id.',
        },
        'ambiguous-ref',
      );
    },
    async header(sha) {
      const known = headers.get(parseSha(sha));
      if (known !== undefined) return known;
      const found = await peel(sha);
      const header = found === sha ? headers.get(sha) : undefined;
      if (header === undefined) throw none('sha', sha, 'the id of a commit in this repository');
      return header;
    },
    async complete(id) {
      if (!/^[0-9a-f]{7,64}$/.test(id)) return undefined;
      const objects = isSha(id) ? [id] : await refs.beginningWith(id);
      // The digits may also be those of a tag object, but the caller asked for a commit id.
      const commits = (await peelAll(objects)).filter((sha) => objects.includes(sha));
      return commits.length === 1 ? commits[0] : undefined;
    },
  };
}

/**
 * Returns the objects that a name may mean. A short name means a tag, a branch, a branch of a
 * remote and an id at once. Git would silently prefer the tag, but a branch of the same name is a
 * mistake or an attack.
 */
async function objectsNamed(name: string, refs: Refs): Promise<readonly string[]> {
  if (isSha(name)) return [name];
  if (name === 'HEAD') return [await refs.head()].filter((id) => id !== undefined);
  if (name.startsWith('refs/')) return refs.named([name]);
  const spellings = ['', 'tags/', 'heads/', 'remotes/'].map((kind) => `refs/${kind}${name}`);
  const [named, ids] = await Promise.all([
    refs.named([...spellings, `refs/remotes/${name}/HEAD`]),
    /^[0-9a-f]{4,64}$/i.test(name) ? refs.beginningWith(name) : [],
  ]);
  return [...named, ...ids];
}
