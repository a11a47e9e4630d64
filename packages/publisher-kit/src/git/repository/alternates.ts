import { appendFile, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/**
 * Returns the absolute path of the git directory with the objects and refs. For a linked worktree
 * that is the main one, which a file `commondir` names (gitrepository-layout(5)).
 */
export async function commonDirectory(gitDirectory: string): Promise<string> {
  const common = await readFile(resolve(gitDirectory, 'commondir'), 'utf8').catch(() => '.');
  return resolve(gitDirectory, common.trim());
}

/**
 * Returns the absolute paths of the object folders that a git directory borrows from, and those that
 * they borrow from.
 */
export async function borrowedFolders(commonGitDirectory: string): Promise<readonly string[]> {
  const found = new Set<string>();
  const follow = async (objects: string): Promise<void> => {
    const lines = await readFile(resolve(objects, 'info/alternates'), 'utf8').catch(() => '');
    for (const line of lines.split('\n')) {
      const folder = resolve(objects, line);
      if (line === '' || line.startsWith('#') || found.has(folder)) continue;
      found.add(folder);
      await follow(folder);
    }
  };
  await follow(resolve(commonGitDirectory, 'objects'));
  return [...found];
}

/**
 * Lets one git directory see every object of another, and those that the other borrows, through
 * `objects/info/alternates` (gitrepository-layout(5)).
 */
export async function borrowObjects(gitDirectory: string, source: string): Promise<void> {
  const objects = resolve(source, 'objects');
  // The file is a list of lines. A path is quoted, as in C, only if its line begins with a quote.
  const line = objects.includes('\n') ? quoted(objects) : objects;
  await appendFile(resolve(gitDirectory, 'objects/info/alternates'), `${line}\n`);
}

/** Quotes a text as git's configuration and its lists of paths need it. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
