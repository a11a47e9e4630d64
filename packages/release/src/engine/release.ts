import { createProcesses, type Processes, type Repository } from '@ameide/publisher-kit';
import { InvalidInputError, inputProblem, type Problem } from '@ameide/versioning-core';
import { type Commit, readCommit } from '../commit/commit.ts';
import type { RunEnvironment } from '../commit/github-event.ts';
import { runRepository } from '../commit/run-repository.ts';
import { publishersOf, type ReleaseDefinition, versionQuestion } from '../definition/definition.ts';
import { makeReport, type ReleaseReport } from '../report/release-report.ts';
import type { Clock } from '../run/context.ts';
import { openRuns } from '../run/open-runs.ts';
import { type EngineEvent, isSettled } from '../run/publisher-run.ts';
import { refusals } from './admission.ts';
import { differsFrom } from './approved.ts';
import { buildAll, checkPrepare, prepareCheckout, validatePrepare } from './build.ts';
import { checkAll, validateAll } from './preflight.ts';
import {
  type PhaseContext,
  type ReleasePhase,
  type ReleaseState,
  startProgress,
} from './progress.ts';
import { promoteAll } from './promote.ts';
import { publishAll } from './publish.ts';
import { checkRequirements } from './requirements.ts';
import { verifyAll } from './verify.ts';

export interface ReleaseOptions {
  readonly repository: Repository;
  readonly definition: ReleaseDefinition;
  /**
   * The commit: a ref, tag or SHA. Default `HEAD`; in GitHub Actions for a pull request: the pull
   * request's head, if the clone has it.
   */
  readonly revision?: string;
  /** The git ref that decides the channel: `refs/tags/v0.1.0`; see `chooseChannel`. */
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
  /** An earlier plan: the release does exactly that, or nothing. */
  readonly approved?: ReleaseReport;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: EngineEvent) => void;
  readonly processes?: Processes;
  /** For tests. */
  readonly clock?: Clock;
}

/** Reports what would be published and what the registries already have. Only reads. */
export async function planRelease(options: ReleaseOptions): Promise<ReleaseReport> {
  const commit = await readReleaseCommit(options);
  const opened = await openRelease('plan', commit, options);
  await using release = await startProgress('plan', commit, opened, options);
  await release.run(validate, 'evenAfterProblems');
  await release.run(check);
  return release.report();
}

/**
 * Runs the whole release. You can run it again safely: it trusts only the registries, so a second
 * run of the same commit writes nothing. The report contains expected failures; after an abort it
 * says how far the release got. Throws `InvalidInputError` if no version can be derived.
 */
export async function publishRelease(options: ReleaseOptions): Promise<ReleaseReport> {
  const commit = await readReleaseCommit(options);
  const opened = await openRelease('publish', commit, options);
  await using release = await startProgress('publish', commit, opened, options);
  await release.run(validate, 'evenAfterProblems');
  await release.run(check);
  await release.run(checkOut);
  await release.run(validateCheckout);
  await release.run(build);
  await release.run(overRuns(publishAll));
  await release.run(overRuns(verifyAll), 'evenAfterProblems');
  await release.run(overRuns(promoteAll));
  return release.report();
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
  commit: Commit,
  { approved, definition, env = process.env, only = [], origin, repository }: ReleaseOptions,
): Promise<ReleaseState> {
  const refused = await refusals(commit, repository, definition, {
    given: origin,
    run: runRepository(env),
  });
  const repositoryUrl = definition.repository ?? (await repository.remoteUrl());
  const opened = await openRuns(publishersOf(definition), commit, { only, repositoryUrl });
  const problems = [...refused, ...opened.problems];
  if (opened.problems.length > 0) return { ...opened, problems };
  if (opened.runs.length === 0) return { ...opened, problems: [nothingToDo()] };
  if (approved === undefined) return { ...opened, problems };
  const now = makeReport(command, commit, opened.runs, []);
  return { ...opened, problems: [...problems, ...differsFrom(approved, now)] };
}

type RunsPhase = (
  runs: ReleaseState['runs'],
  context: PhaseContext,
) => Promise<ReleaseState['runs']>;

/** Turns a function over all runs into a phase. */
function overRuns(phase: RunsPhase): ReleasePhase {
  return async (state, context) => ({
    ...state,
    runs: await phase(state.runs, context),
  });
}

const build: ReleasePhase = async (state, context) => {
  const { checkout = '', required } = state;
  return { ...state, runs: await buildAll(state.runs, context, { checkout, required }) };
};

const validate: ReleasePhase = async (state, context) => {
  const runs = await validateAll(state.runs, context);
  const { prepare = [] } = context.options.definition;
  const found = prepare.length === 0 ? [] : await validatePrepare(context.commit.source);
  return { ...state, runs, problems: [...state.problems, ...found] };
};

const check: ReleasePhase = async (state, context) => {
  const checked = await checkAll(state.runs, context);
  const runs = await checkRequirements(checked, state.required, context);
  const { definition, processes = createProcesses() } = context.options;
  // `prepare` is needed only when something has to be built.
  const missing = runs.every(isSettled)
    ? []
    : await checkPrepare(definition.prepare ?? [], processes);
  return { ...state, runs, problems: [...state.problems, ...missing] };
};

const checkOut: ReleasePhase = async (state, context) => {
  if (state.runs.every(isSettled)) return state;
  const { definition, processes = createProcesses(), repository } = context.options;
  const directory = `${context.directory}/checkout`;
  const { value, problems = [] } = await prepareCheckout(
    {
      directory,
      layOut: async (folder) =>
        repository.checkout(context.commit.canonical.sha, folder, {
          submodules: definition.submodules,
          signal: context.signal,
        }),
      prepare: definition.prepare ?? [],
      processes,
      environment: context.environmentIn(directory),
    },
    context,
  );
  return value === undefined
    ? { ...state, problems: [...state.problems, ...problems] }
    : { ...state, checkout: value };
};

/**
 * Validates again if the checkout lacks content that `plan` cannot detect: damaged Git LFS content, or
 * Git LFS content of a fetched submodule. The clone causes this problem, not the commit, so its
 * kind is `incomplete`.
 */
const validateCheckout: ReleasePhase = async (state, context) => {
  if (state.checkout === undefined) return state;
  const missing = await context.commit.source.missingContent('');
  if (missing.length === 0) return state;
  const validated = await validateAll(state.runs, context);
  const runs = validated.map((run) => ({ ...run, problems: run.problems.map(asIncomplete) }));
  return { ...state, runs };
};

function asIncomplete(found: Problem): Problem {
  return found.kind === 'input' ? { ...found, kind: 'incomplete' } : found;
}

function nothingToDo(): ReleaseState['problems'][number] {
  const input = { field: 'publishers', expected: 'at least one publisher' };
  return inputProblem(new InvalidInputError(input, 'nothing-to-publish'));
}
