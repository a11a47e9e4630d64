import { readFile } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import type { Repository } from '@ameide/publisher-kit';
import { type CommitSha, InvalidInputError, shortSha } from '@ameide/versioning-core';

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
  const path = relative(repository.root, file);
  if (path.startsWith('..') || isAbsolute(path)) return undefined;
  const name = path.split(sep).join('/');
  const [used, then] = await Promise.all([readFile(file, 'utf8'), readThen(name, repository, sha)]);
  if (then === undefined)
    return `${shortSha(sha)} has no ${name}, so the working tree's was used: names that the packages had before it are not known.`;
  if (withoutReturns(then) === withoutReturns(used)) return undefined;
  return `${shortSha(sha)} has another ${name}, and the working tree's was used: what only the other one names was not asked for. To use it, if you trust it: git worktree add DIRECTORY ${shortSha(sha)}, install there, and trace there.`;
}

async function readThen(
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
