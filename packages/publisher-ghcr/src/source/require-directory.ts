import { InvalidInputError, type SourceTree } from '@ameide/versioning-core';

/** Throws `InvalidInputError` unless the commit holds the directory. */
export async function requireDirectory(
  source: SourceTree,
  directory: string,
  field: string,
): Promise<void> {
  if ((await source.treeId(directory)) !== undefined) return;
  throw new InvalidInputError({
    field,
    received: directory,
    expected: 'a directory of the repository at this commit',
    hint: 'What is not committed is not published.',
  });
}
