import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAside } from '@ameide/source-files/packages';
import type { SourceFile, SourceFiles } from '@ameide/versioning-core';

/** Notes on what looks like a folder of the repository, and is none for git. */
export async function notesOnFolders(
  files: SourceFiles,
  root: string,
  isIncluded: (path: string) => boolean = () => true,
): Promise<readonly string[]> {
  const listed = (await files.list('')).filter(
    ({ mode, path }) =>
      mode !== 'file' && mode !== 'executable' && !isAside(path) && isIncluded(path),
  );
  const notes = await Promise.all(listed.map(async (one) => noteOn(one, root)));
  return notes.filter((note) => note !== undefined);
}

async function noteOn({ mode, path }: SourceFile, root: string): Promise<string | undefined> {
  if (mode === 'submodule')
    return `${path} is a submodule: its files belong to another repository, and were not looked at.`;
  if (mode !== 'symlink') return undefined;
  const target = await stat(join(root, path)).catch(() => undefined);
  return target?.isDirectory() === true
    ? `${path} is a link to a folder: no file was looked at through it, as git looks at none.`
    : undefined;
}
