import { lstat, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Says which folder of a file's path is a link, or no folder; undefined for none. Takes an absolute path without links. */
export async function obstacleAbove(file: string): Promise<string | undefined> {
  const folder = dirname(file);
  if (folder === file) return undefined;
  const above = await obstacleAbove(folder);
  if (above !== undefined) return above;
  const found = await lstat(folder).catch(() => undefined);
  if (found?.isSymbolicLink() === true)
    return `its folder ${folder} is a link, and what that leads to may be outside of the repository`;
  return found === undefined || found.isDirectory() ? undefined : `${folder} is no folder`;
}

/** Says what is in the way of a new file; undefined for nothing. */
export async function obstacleAt(file: string): Promise<string | undefined> {
  const found = await lstat(file).catch(() => undefined);
  if (found === undefined) return undefined;
  if (found.isDirectory()) return 'a folder of this name is in the way';
  if (!found.isSymbolicLink())
    return 'a file that git ignores, or that is not text in UTF-8, is in the way';
  const target = await stat(file).catch(() => undefined);
  return `a link of this name${target === undefined ? ', which leads nowhere,' : ''} is in the way`;
}
