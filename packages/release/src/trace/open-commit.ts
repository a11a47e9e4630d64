import { refuseShallow } from '@ameide/publisher-kit/git';
import {
  type CommitSha,
  InvalidInputError,
  inputProblem,
  type Problem,
  type Publisher,
} from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import { distinct, type PublisherRun } from '../run/publisher-run.ts';
import { builds } from './builds.ts';
import { otherDefinition } from './definition-at-commit.ts';
import { openBuild } from './open-publisher.ts';
import type { TraceOptions } from './trace.ts';
import { oncePerQuestion } from './trace-report.ts';

/** Everything that may have been built from a commit, on every channel. */
export interface OpenedCommit {
  readonly sha: CommitSha;
  /** The build that the commit would get now; absent if it can have none. */
  readonly current?: Commit;
  readonly runs: readonly PublisherRun[];
  /** The publishers of the current build. The others are shown only if they have something. */
  readonly expected: ReadonlySet<Publisher>;
  /** For people: `the dev build 0.1.1-dev.20251114090500`, by publisher. */
  readonly names: ReadonlyMap<Publisher, string>;
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
}

/** Opens every publisher for every build that a commit may have had. Asks no registry. */
export async function openCommit(revision: string, options: TraceOptions): Promise<OpenedCommit> {
  const { definition, definitionFile, repository } = options;
  await refuseShallow(repository);
  const sha = await repository.resolve(revision);
  const { commits, notes } = await builds(repository, sha, definition);
  const opened = await Promise.all(commits.map(async (commit) => openBuild(commit, options)));
  const problems = distinct(opened.flatMap((one) => one.problems));
  // Nothing was built from what the commit does not have yet. A publisher that failed was not
  // asked.
  const inputs = problems.filter(({ kind }) => kind === 'input');
  const others = problems.filter(({ kind }) => kind !== 'input');
  const other = definitionFile && (await otherDefinition(definitionFile, repository, sha));
  const reasons = [...notes, ...inputs.map(({ message }) => message)];
  const runs = oncePerQuestion(opened.flatMap((one) => one.runs));
  const [current] = commits;
  return {
    sha,
    ...(current === undefined ? {} : { current }),
    runs,
    expected: new Set(opened[0]?.runs.map(({ publisher }) => publisher)),
    names: new Map(
      opened.flatMap((one, index) =>
        one.runs.map((run) => [run.publisher, buildName(commits[index])] as const),
      ),
    ),
    notes: [...new Set([...reasons, ...(other ? [other] : [])])],
    problems: runs.length === 0 && others.length === 0 ? [nothingToAsk(sha)] : others,
  };
}

function buildName(commit: Commit | undefined): string {
  if (commit === undefined) return 'it';
  const { channel, versions } = commit;
  const kind = channel.kind === 'dev' ? 'dev build' : channel.kind;
  return `the ${kind} ${versions.npm.version}`;
}

function nothingToAsk(sha: string): Problem {
  const expected = 'a commit at which some artifact of this release can be named';
  const input = { field: 'revision', received: sha, expected };
  return inputProblem(new InvalidInputError(input, 'nothing-to-ask'));
}
