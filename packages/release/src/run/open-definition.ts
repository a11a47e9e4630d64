import type { Repository } from '@ameide/publisher-kit';
import type { Commit } from '../commit/commit.ts';
import { publishersOf, type ReleaseDefinition } from '../definition/definition.ts';
import { signingOf } from '../definition/signing.ts';
import { type OpenedRuns, type OpenOptions, openRuns } from './open-runs.ts';

/** Opens and plans all that a definition publishes of a commit. Asks no registry. */
export async function openDefinition(
  definition: ReleaseDefinition,
  commit: Commit,
  repository: Pick<Repository, 'remoteUrl'>,
  options: Omit<OpenOptions, 'repositoryUrl' | 'signing'> = {},
): Promise<OpenedRuns> {
  return openRuns(publishersOf(definition), commit, {
    ...options,
    repositoryUrl: definition.repository ?? (await repository.remoteUrl()),
    signing: signingOf(definition),
  });
}
