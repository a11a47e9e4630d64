import { readFile } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Repository } from '@ameide/publisher-kit';
import { type CommitSha, InvalidInputError, parseSha, shortSha } from '@ameide/versioning-core';
import { pathInside } from '../commit/path-inside.ts';

/**
 * Returns a note if a commit's own definition differs from the one that `trace` used: it did not ask
 * for packages that only the commit's definition names. We don't run that one, because it is a
 * program, and anybody's commit can be traced. Returns undefined if both are the same, or if the
 * definition that was used is outside this repository.
 */
export async function otherDefinition(
  file: string,
  repository: Repository,
  sha: CommitSha,
): Promise<string | undefined> {
  const path = pathInside(repository.root, file);
  if (path === undefined) return undefined;
  const name = path.split(sep).join('/');
  const [used, atCommit] = await Promise.all([
    readFile(file, 'utf8'),
    readAtCommit(name, repository, sha),
  ]);
  if (atCommit === undefined)
    return `${shortSha(sha)} has no ${name}, so the working tree's was used: it does not find names that packages had before that file.`;
  if (withoutReturns(atCommit) === withoutReturns(used)) return undefined;
  return `${shortSha(sha)} has another ${name}; the working tree's was used: it did not ask for packages that only the other one names. To use the other one, if you trust it: git worktree add DIRECTORY ${shortSha(sha)}, install there, and run the same command there.`;
}

/** True if a commit has the definition that was used, or it is outside this repository. */
export async function hasDefinition(
  file: string,
  repository: Repository,
  sha: string,
): Promise<boolean> {
  const path = pathInside(repository.root, file);
  if (path === undefined) return true;
  const name = path.split(sep).join('/');
  return (await readAtCommit(name, repository, parseSha(sha))) !== undefined;
}

async function readAtCommit(
  name: string,
  repository: Repository,
  sha: CommitSha,
): Promise<string | undefined> {
  try {
    return await repository.source(sha).readText(name);
  } catch (error) {
    // A link, for example: it is there, and is not the file that was used.
    if (error instanceof InvalidInputError) return '';
    throw error;
  }
}

/** Git may write other line ends into the working tree. */
function withoutReturns(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
