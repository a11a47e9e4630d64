import type { AncestorTag, CommitSha } from '@ameide/versioning-core';
import { parseSha } from '@ameide/versioning-core';

const FIELDS = ['refname:lstrip=2', 'objecttype', 'objectname', '*objecttype', '*objectname'] as const;

/** For `git for-each-ref`: one line for each ref, its fields parted by NUL, which no ref name can hold. */
export const TAG_FORMAT: string = FIELDS.map((field) => `%(${field})`).join('%00');

/** A listed tag. `commit` is absent when it takes more than one step to it (a tag of a tag) or leads to no commit at all. */
export interface ListedTag {
  readonly tag: string;
  readonly commit?: CommitSha;
}

/** Reads what `git for-each-ref --format=TAG_FORMAT refs/tags` prints; sorted by name in byte order. */
export function parseTagList(output: string): readonly ListedTag[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [tag = '', type, id, peeledType, peeledId] = line.split('\0');
      const commit = type === 'commit' ? id : peeledType === 'commit' ? peeledId : undefined;
      return commit === undefined ? { tag } : { tag, commit: parseSha(commit) };
    });
}

/** Completes the tags of tags through `resolve`, and leaves out those of trees and blobs. */
export async function peelTags(
  listed: readonly ListedTag[],
  resolve: (ref: string) => Promise<CommitSha>,
): Promise<readonly AncestorTag[]> {
  const peeled = listed.map(async ({ tag, commit }) => {
    const sha = commit ?? (await resolve(`refs/tags/${tag}`).catch(() => undefined));
    return sha === undefined ? [] : [{ tag, sha }];
  });
  return (await Promise.all(peeled)).flat();
}
