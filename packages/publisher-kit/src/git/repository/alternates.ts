import { appendFile, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidInputError } from '@ameide/versioning-core';

/**
 * The git directory that holds objects and refs, absolute. A linked worktree keeps them with the
 * main one, and names that in a file `commondir` (gitrepository-layout(5)).
 */
export async function commonDirectory(gitDirectory: string): Promise<string> {
  const common = await readFile(resolve(gitDirectory, 'commondir'), 'utf8').catch(() => '.');
  return resolve(gitDirectory, common.trim());
}

/** The folders of objects that a git directory borrows from, absolute. */
export async function borrowedFolders(commonGitDirectory: string): Promise<readonly string[]> {
  const objects = resolve(commonGitDirectory, 'objects');
  const lines = await readFile(resolve(objects, 'info/alternates'), 'utf8').catch(() => '');
  return lines
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => resolve(objects, line));
}

/**
 * Lets one git directory see every object of another one, and what that one borrows in turn,
 * through `objects/info/alternates` (gitrepository-layout(5)).
 */
export async function borrowObjects(gitDirectory: string, source: string): Promise<void> {
  const objects = resolve(source, 'objects');
  // The file is a list of lines; a leading quote would start a quoted path.
  if (/["\n]/.test(objects)) {
    throw new InvalidInputError({
      field: 'sourceGitDirectory',
      received: objects,
      expected: 'a path without quotes and newlines',
    });
  }
  await appendFile(resolve(gitDirectory, 'objects/info/alternates'), `${objects}\n`);
}
