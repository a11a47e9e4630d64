import { type CommitSha, InvalidInputError, isSha, parseSha } from '@ameide/versioning-core';
import { parseRevision } from '../ref-name.ts';
import { type CommitHeader, parseCommit } from './object-format.ts';
import type { ObjectReader } from './object-reader.ts';

/** Finds commits by name or id. */
export interface Commits {
  /** See `Repository.resolve`. */
  resolve(ref: string): Promise<CommitSha>;
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

export function createCommits(reader: ObjectReader, isShallow: boolean): Commits {
  const headers = new Map<string, CommitHeader>();
  const lookUp = async (name: string): Promise<CommitSha | 'missing' | 'ambiguous'> => {
    const answer = await reader.read(`${name}^{commit}`);
    if ('absent' in answer) return answer.absent;
    headers.set(answer.id, parseCommit(answer.content));
    return parseSha(answer.id);
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
    async resolve(ref) {
      const name = parseRevision(ref);
      const explicit = name === 'HEAD' || name.startsWith('refs/') || isSha(name);
      // git would silently prefer the tag. A branch with the same name is a mistake or an attack.
      const spellings = explicit ? [name] : [name, `refs/tags/${name}`, `refs/heads/${name}`];
      const answers = new Set(await Promise.all(spellings.map(lookUp)));
      answers.delete('missing');
      const [found, ...others] = answers;
      if (found === undefined) throw none('ref', ref, 'the name of a commit in this repository');
      if (found !== 'ambiguous' && found !== 'missing' && others.length === 0) return found;
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
      const found = await lookUp(sha);
      const header = found === sha ? headers.get(sha) : undefined;
      if (header === undefined) throw none('sha', sha, 'the id of a commit in this repository');
      return header;
    },
    async complete(id) {
      if (!/^[0-9a-f]{7,64}$/.test(id)) return undefined;
      const found = await lookUp(id);
      // A ref, or the id of a tag object, may match the digits, but the caller asked for a commit
      // id.
      return found !== 'missing' && found !== 'ambiguous' && found.startsWith(id)
        ? found
        : undefined;
    },
  };
}
