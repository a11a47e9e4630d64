import { type AncestorTag, type CommitSha, parseSha } from '@ameide/versioning-core';

const FIELDS = [
  'refname:lstrip=2',
  'objecttype',
  'objectname',
  '*objecttype',
  '*objectname',
] as const;

/**
 * For `git for-each-ref`: one line for each ref, its fields parted by NUL, which no ref name can
 * hold.
 */
export const TAG_FORMAT: string = FIELDS.map((field) => `%(${field})`).join('%00');

/** A listed tag. */
export interface ListedTag {
  readonly tag: string;
  /** `nested`: a tag of a tag, which may lead to one. Absent for the tag of a tree or a blob. */
  readonly commit?: CommitSha | 'nested';
}

/**
 * Reads what `git for-each-ref --format=TAG_FORMAT refs/tags` prints; sorted by name in byte order.
 */
export function parseTagList(output: string): readonly ListedTag[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [tag = '', type, id, peeledType, peeledId] = line.split('\0');
      if (peeledType === 'tag') return { tag, commit: 'nested' };
      const commit = type === 'commit' ? id : peeledType === 'commit' ? peeledId : undefined;
      return commit === undefined ? { tag } : { tag, commit: parseSha(commit) };
    });
}

/**
 * Completes the tags of tags through `resolve`, which gives undefined for what is no commit, and
 * leaves out those of trees and blobs.
 */
export async function peelTags(
  listed: readonly ListedTag[],
  resolve: (ref: string) => Promise<CommitSha | undefined>,
): Promise<readonly AncestorTag[]> {
  const peeled = listed.map(async ({ tag, commit }) => {
    const sha = commit === 'nested' ? await resolve(`refs/tags/${tag}`) : commit;
    return sha === undefined ? [] : [{ tag, sha }];
  });
  return (await Promise.all(peeled)).flat();
}
