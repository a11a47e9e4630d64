import { InvalidInputError, parseSha } from '@ameide/versioning-core';
import { type ObjectFormat, objectId } from './object-format.ts';

/**
 * A name, an e-mail address and a time. The time zone is always `+0000`, so the same input gives
 * the same commit everywhere.
 */
export interface CommitIdentity {
  readonly name: string;
  readonly email: string;
  /** Unix seconds. */
  readonly time: number;
}

/** Everything a commit id depends on. */
export interface CommitInput {
  /** Id of the tree object. */
  readonly tree: string;
  /** Ids of the parents in order; empty for a root commit. */
  readonly parents: readonly string[];
  readonly author: CommitIdentity;
  readonly committer: CommitIdentity;
  /** Written as given, with a newline added if it ends without one. */
  readonly message: string;
}

/**
 * Returns the exact bytes of a commit object. Pure. Throws `InvalidInputError` for values that the
 * format does not allow.
 */
export function commitBytes(commit: CommitInput): Buffer {
  const lines = [
    `tree ${parseSha(commit.tree, 'tree')}`,
    ...commit.parents.map((parent) => `parent ${parseSha(parent, 'parents')}`),
    `author ${identityLine(commit.author, 'author')}`,
    `committer ${identityLine(commit.committer, 'committer')}`,
  ];
  if (commit.message.includes('\0') || commit.message.trim() === '') {
    throw new InvalidInputError({
      field: 'message',
      expected: 'a commit message with some text and no NUL character',
    });
  }
  return Buffer.from(
    `${lines.join('\n')}\n\n${commit.message}${commit.message.endsWith('\n') ? '' : '\n'}`,
  );
}

/**
 * Computes the id that `git commit-tree` would give, without git, for plans that name a commit
 * before it exists.
 */
export function commitId(commit: CommitInput, format: ObjectFormat = 'sha1'): string {
  return objectId('commit', commitBytes(commit), format);
}

function identityLine(identity: CommitIdentity, field: string): string {
  for (const part of ['name', 'email'] as const) {
    const value = identity[part];
    // git itself strips these (ident.c, `crud`), so we would compute another id than git.
    if (value === '' || value !== value.trim() || /[<>\n\0]/.test(value)) {
      throw new InvalidInputError({
        field: `${field}.${part}`,
        received: value,
        expected: 'text without "<", ">", newline or outer spaces',
      });
    }
  }
  if (!Number.isSafeInteger(identity.time) || identity.time < 0) {
    throw new InvalidInputError({
      field: `${field}.time`,
      received: String(identity.time),
      expected: 'Unix seconds',
    });
  }
  return `${identity.name} <${identity.email}> ${identity.time} +0000`;
}
