import { type CommitSha, parseSha, type SourceTag } from '@ameide/versioning-core';

const FIELDS = [
  'refname:lstrip=2',
  'objecttype',
  'objectname',
  '*objecttype',
  '*objectname',
] as const;

/**
 * The format for `git for-each-ref`: one line for each ref, with its fields separated by NUL, which
 * no ref name contains.
 */
export const TAG_FORMAT: string = FIELDS.map((field) => `%(${field})`).join('%00');

/** A tag as `git for-each-ref` lists it. */
export interface ListedTag {
  readonly tag: string;
  /** Absent for the tag of a tree, a blob or a tag. */
  readonly commit?: CommitSha;
  /** The id of a tag that names another tag, which may lead to a commit. */
  readonly nested?: string;
}

/**
 * Reads the output of `git for-each-ref --format=TAG_FORMAT refs/tags`. Sorts by name in byte
 * order.
 */
export function parseTagList(output: string): readonly ListedTag[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [tag = '', type, id, peeledType, peeledId] = line.split('\0');
      if (peeledType === 'tag' && id !== undefined) return { tag, nested: id };
      const commit = type === 'commit' ? id : peeledType === 'commit' ? peeledId : undefined;
      return commit === undefined ? { tag } : { tag, commit: parseSha(commit) };
    });
}

/**
 * Peels tags of tags through `peel`, which takes an id and returns undefined if the result is not a
 * commit.
 */
export async function peelTags(
  listed: readonly ListedTag[],
  peel: (id: string) => Promise<CommitSha | undefined>,
): Promise<readonly SourceTag[]> {
  const peeled = listed.map(async ({ tag, commit, nested }) => {
    const sha = nested === undefined ? commit : await peel(nested);
    return sha === undefined ? { tag } : { tag, sha };
  });
  return Promise.all(peeled);
}
