import type { Problem } from '@ameide/versioning-core';
import type { ReleaseDefinition } from '../../src/definition/definition.ts';
import {
  buildRelease,
  planRelease,
  promoteRelease,
  publishRelease,
  type ReleaseOptions,
} from '../../src/engine/release.ts';
import type { ReleaseReport } from '../../src/report/release-report.ts';
import { createGitWorld, type GitWorld, VERSION_FILE } from './git-world.ts';

type Changes = Partial<Omit<ReleaseOptions, 'definition'>> & {
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
  publishers: ReleaseDefinition['publishers'],
  changes: Changes = {},
): Promise<ReleaseReport> {
  return planRelease(await options(publishers, changes));
}

/** Builds into the folder `out`. */
export async function buildTo(
  out: string,
  publishers: ReleaseDefinition['publishers'],
  changes: Changes = {},
): Promise<ReleaseReport> {
  return buildRelease({ ...(await options(publishers, changes)), out });
}

export async function promote(
  publishers: ReleaseDefinition['publishers'],
  changes: Changes = {},
): Promise<ReleaseReport> {
  return promoteRelease(await options(publishers, changes));
}

async function options(
  publishers: ReleaseDefinition['publishers'],
  { git = createGitWorld(), ...changes }: Changes,
): Promise<ReleaseOptions> {
  const repository = changes.repository ?? (await git.open());
  return {
    repository,
    env: {},
    ...changes,
    definition: { versionFile: VERSION_FILE, publishers, ...changes.definition },
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
