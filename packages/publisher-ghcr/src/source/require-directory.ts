import { InvalidInputError, type SourceTree } from '@ameide/versioning-core';

/** Throws `InvalidInputError` unless the commit has the directory. */
export async function requireDirectory(
  source: SourceTree,
  directory: string,
  field: string,
  hint = 'Commit the directory: only committed files are published.',
): Promise<void> {
  if ((await source.treeId(directory)) !== undefined) return;
  throw new InvalidInputError({
    field,
    received: directory,
    expected: 'a directory of the repository at this commit',
    hint,
  });
}
