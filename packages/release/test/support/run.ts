import type { Problem, PublisherDefinition } from '@ameide/versioning-core';
import { readCommit } from '../../src/commit/commit.ts';
import type { ReleaseDefinition } from '../../src/definition/definition.ts';
import type { ReleaseReport } from '../../src/engine/report.ts';
import { planRelease, publishRelease, type RunOptions } from '../../src/engine/run.ts';
import { CANONICAL, createGitWorld, type GitWorld } from './git-world.ts';

type Changes = Partial<Omit<RunOptions, 'definition'>> & {
  readonly definition?: Partial<ReleaseDefinition>;
  readonly git?: GitWorld;
};

/** Publishes HEAD of a fresh repository, or of `git`, with these publishers. */
export async function publish(
  publishers: ReleaseDefinition['publishers'],
  changes: Changes = {},
): Promise<ReleaseReport> {
  return publishRelease(await options(publishers, changes));
}

export async function plan(
  publishers: readonly PublisherDefinition[],
  changes: Changes = {},
): Promise<ReleaseReport> {
  return planRelease(await options(publishers, changes));
}

async function options(
  publishers: ReleaseDefinition['publishers'],
  { git = createGitWorld(), ...changes }: Changes,
): Promise<RunOptions> {
  const repository = changes.repository ?? (await git.open());
  const commit =
    changes.commit ?? (await readCommit(repository, { base: { canonicalFile: CANONICAL } }));
  return {
    ...changes,
    repository,
    commit,
    definition: { canonical: CANONICAL, publishers, ...changes.definition },
  };
}

/** A problem of a kind. */
export function problem(kind: Problem['kind'], more: Partial<Problem> = {}): Problem {
  return {
    code: `test-${kind}`,
    kind,
    message: `a problem of the kind ${kind}`,
    effect: 'none',
    rerun: 'safe',
    ...more,
  };
}
