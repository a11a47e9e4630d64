import type { Repository } from '@ameide/publisher-kit/git';
import { InvalidInputError } from '@ameide/versioning-core';
import { notOwn } from '../commit/ci-run.ts';
import { findCiRun } from '../commit/find-ci-run.ts';
import { pullRequestRefused } from '../engine/admission.ts';
import type { CliEnvironment } from './environment.ts';

/**
 * Throws `InvalidInputError` if the checked-out commit may be a stranger's. To be called before the
 * definition is loaded: it is a program, its author may be that stranger, and it would run with our
 * tokens. `given` is `--ref`.
 */
export async function requireOwn(
  repository: Repository,
  { env }: CliEnvironment,
  given?: string,
): Promise<void> {
  const run = given === undefined ? await findCiRun(env) : { ref: given };
  const reason = notOwn(run, await head(repository));
  if (reason !== undefined) throw pullRequestRefused(run.ref ?? 'HEAD', reason);
}

/** Nothing in a repository without commits. */
async function head(repository: Repository): Promise<string | undefined> {
  return repository.resolve('HEAD').catch((error: unknown) => {
    if (!(error instanceof InvalidInputError)) throw error;
    return undefined;
  });
}
