import { folderName, type Processes, type Repository } from '@ameide/publisher-kit';
import { InvalidInputError, inputProblem } from '@ameide/versioning-core';
import { openOut } from '../built/write-index.ts';
import type { RunEnvironment } from '../commit/ci-run.ts';
import { type Commit, readCommit } from '../commit/commit.ts';
import { runRepository } from '../commit/run-repository.ts';
import { type ReleaseDefinition, versionQuestion } from '../definition/definition.ts';
import { makeReport, type ReleaseReport } from '../report/release-report.ts';
import type { Clock } from '../run/clock.ts';
import type { Listener } from '../run/emitter.ts';
import { openDefinition } from '../run/open-definition.ts';
import { refusals } from './admission.ts';
import { differsFrom, partOf } from './approved.ts';
import { requiredRuns } from './build-order.ts';
import { compareAll } from './compare.ts';
import {
  build,
  check,
  checkOut,
  checkTools,
  expect,
  keepOnly,
  loadFrom,
  overRuns,
  rehearse,
  saveTo,
  search,
  validate,
  validateCheckout,
} from './phases.ts';
import { type Opened, type Progress, type ReleaseState, startProgress } from './progress.ts';
import { checkPublished, promoteAll } from './promote.ts';
import { checkProofs } from './prove.ts';
import { publishAll } from './publish.ts';
import { readBackAll } from './read-back.ts';
import { record } from './record.ts';
import { sign } from './sign.ts';

export interface ReleaseOptions {
  readonly repository: Repository;
  readonly definition: ReleaseDefinition;
  /**
   * The commit: a ref, tag or SHA. Default `HEAD`; in GitHub Actions for a pull request: the pull
   * request's head, if the clone has it.
   */
  readonly revision?: string;
  /** The git ref that decides the channel: `refs/tags/v0.1.0`; see `channelOfRun`. */
  readonly ref?: string;
  /**
   * The address of the repository that this is a clone of. Default: what its remote says, and in
   * GitHub Actions and GitLab CI the run; see `refuseOrigin`.
   */
  readonly origin?: string;
  /** Where to read the CI's variables about the run. Default `process.env`. */
  readonly env?: RunEnvironment;
  /** The ids of the publishers to run. Default, also for an empty list: all. */
  readonly only?: readonly string[];
  /**
   * An earlier plan: the release does exactly that, with `holdPointers` exactly its part of that, or
   * nothing.
   */
  readonly approved?: ReleaseReport;
  /**
   * `publish` and `promote`: a folder that `buildRelease` filled for this commit, on any machine. `publish`
   * then builds nothing; `promote` checks that the registries have these very files.
   */
  readonly from?: string;
  /**
   * `publish` leaves every pointer where it is, because other jobs publish the rest of the release and
   * `promoteRelease` comes last. What is visible at once is refused until the rest is published.
   */
  readonly holdPointers?: boolean;
  /**
   * `publish` does everything up to its first request that writes, and compares what it would send
   * with what is published.
   */
  readonly dryRun?: boolean;
  /**
   * `publish` and `promote`: the report gets the release record, once all of the release converged.
   * With `holdPointers` only `promote` makes one.
   */
  readonly record?: boolean;
  readonly signal?: AbortSignal;
  /** Called with each `EngineEvent` as it happens: the events that `--events` writes. Never a secret. */
  readonly onEvent?: Listener;
  readonly processes?: Processes;
  /** For tests. */
  readonly clock?: Clock;
}

/** Reports what would be published and what the registries already have. Only reads. */
export async function planRelease(options: ReleaseOptions): Promise<ReleaseReport> {
  await using release = await begin('plan', options);
  await release.run(validate, 'evenAfterProblems');
  await release.run(check);
  await release.run(expect, 'evenAfterProblems');
  return release.report();
}

/**
 * Builds everything, also what is published already, and saves it in the folder `out`, for `from` on
 * another machine. Compares it with what is published, where the registry says that without a token
 * to publish. Throws `InvalidInputError` if the folder holds anything else.
 */
export async function buildRelease(
  options: ReleaseOptions & { readonly out: string },
): Promise<ReleaseReport> {
  const { out } = options;
  let wanted: ReleaseState['runs'] = [];
  await using release = await startProgress('build', options, async () => {
    const { commit, state } = await openRelease('build', options);
    const { others, runs } = state;
    wanted = runs;
    const folders = runs.map(({ id }) => folderName(id));
    await openOut(out, options.repository.root, folders);
    // What a build asks for may have to be built as well, as it need not be published yet.
    return {
      commit,
      state: { ...state, runs: [...runs, ...requiredRuns(runs, others)], others: [] },
    };
  });
  await release.run(validate, 'evenAfterProblems');
  await release.run(checkTools);
  await buildHere(release);
  await release.run(keepOnly(wanted), 'evenAfterProblems');
  await release.run(search);
  await release.run(saveTo(out));
  await release.run(rehearse, 'evenAfterProblems');
  return release.report();
}

/**
 * Runs the whole release. You can run it again safely: it trusts only the registries, so a second
 * run of the same commit writes nothing. The report contains expected failures; after an abort it
 * says how far the release got. Throws `InvalidInputError` if no version can be derived.
 */
export async function publishRelease(options: ReleaseOptions): Promise<ReleaseReport> {
  const { dryRun = false, from, holdPointers = false } = options;
  const command = dryRun ? 'publish --dry-run' : 'publish';
  await using release = await begin(command, options);
  await release.run(validate, 'evenAfterProblems');
  if (from !== undefined) await release.run(loadFrom(from));
  await release.run(check);
  if (from === undefined) await compareBuilds(release);
  await release.run(search);
  if (dryRun) {
    await release.run(expect, 'evenAfterProblems');
    await release.run(rehearse, 'evenAfterProblems');
    return release.report();
  }
  await release.run(overRuns('publish', publishAll));
  await release.run(overRuns('verify', readBackAll), 'evenAfterProblems');
  await release.run(sign);
  if (holdPointers) return release.report();
  await release.run(record);
  await release.run(overRuns('promote', promoteAll));
  return release.report();
}

/**
 * Moves the pointers of a release whose parts were published with `holdPointers`. Reads everything back
 * first; moves none if anything is missing.
 */
export async function promoteRelease(options: ReleaseOptions): Promise<ReleaseReport> {
  const { from } = options;
  await using release = await begin('promote', options);
  await release.run(validate, 'evenAfterProblems');
  if (from !== undefined) await release.run(loadFrom(from));
  await release.run(
    overRuns('check', async (runs, context) => checkPublished(runs, context, from)),
  );
  if (from === undefined) await compareBuilds(release);
  await release.run(checkProofs);
  await release.run(record);
  await release.run(overRuns('promote', promoteAll));
  return release.report();
}

async function begin(
  command: ReleaseReport['command'],
  options: ReleaseOptions,
): Promise<Progress> {
  return startProgress(command, options, async () => openRelease(command, options));
}

/** Builds what is absent, and what can show whether the published bytes are ours. */
async function compareBuilds(release: Progress): Promise<void> {
  await buildHere(release);
  await release.run(overRuns('compare', compareAll));
}

async function buildHere(release: Progress): Promise<void> {
  await release.run(checkOut);
  await release.run(validateCheckout);
  await release.run(build);
}

/**
 * Reads the commit and derives its versions by the definition's own options. The command line
 * cannot change them.
 */
async function readReleaseCommit(options: ReleaseOptions): Promise<Commit> {
  const { definition, ref, repository, revision, env = process.env } = options;
  return readCommit(repository, {
    ...versionQuestion(definition),
    env,
    ...(ref === undefined ? {} : { ref }),
    ...(revision === undefined ? {} : { revision }),
  });
}

/**
 * Opens every publisher and makes every plan. Refuses a commit that must not be published at all.
 */
async function openRelease(
  command: ReleaseReport['command'],
  options: ReleaseOptions,
): Promise<Opened> {
  const commit = await readReleaseCommit(options);
  return { commit, state: await planAll(command, commit, options) };
}

async function planAll(
  command: ReleaseReport['command'],
  commit: Commit,
  options: ReleaseOptions,
): Promise<ReleaseState> {
  const { approved, definition, holdPointers = false, only = [], repository } = options;
  const refused = await refusals(commit, repository, definition, {
    given: options.origin,
    run: runRepository(options.env ?? process.env),
  });
  const prepares = (definition.prepare ?? []).length > 0;
  const opened = await openDefinition(definition, commit, repository, { only, prepares });
  const problems = [...refused, ...opened.problems];
  if (opened.problems.length > 0) return { ...opened, problems };
  if (opened.runs.length === 0) return { ...opened, problems: [nothingToDo()] };
  if (approved === undefined) return { ...opened, problems };
  const now = makeReport({ command, commit, definition }, opened.runs, []);
  const expected = holdPointers ? partOf(approved, opened.runs) : approved;
  return { ...opened, problems: [...problems, ...differsFrom(expected, now)] };
}

function nothingToDo(): ReleaseState['problems'][number] {
  const input = { field: 'publishers', expected: 'at least one publisher' };
  return inputProblem(new InvalidInputError(input, 'nothing-to-publish'));
}
