import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createProcesses,
  createWorkspace,
  type Processes,
  type Repository,
} from '@ameide/publisher-kit';
import { InvalidInputError, type Problem } from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import { publishersOf, type ReleaseDefinition } from '../definition/definition.ts';
import { type Policy, refusals } from './admission.ts';
import { differsFrom } from './approved.ts';
import { buildAll, checkPrepare, prepareSource } from './build.ts';
import { type Clock, createContext } from './context.ts';
import { type Fault, machineFault, reasonOf } from './fault.ts';
import { inputProblem } from './guard.ts';
import { allWell, type EngineEvent, isSettled, type Lane, type RunContext } from './lane.ts';
import { type Opened, openLanes } from './open.ts';
import { preflight } from './preflight.ts';
import { promoteAll } from './promote.ts';
import { publishAll } from './publish.ts';
import { makeReport, type ReleaseReport } from './report.ts';
import { verifyAll } from './verify.ts';

export interface RunOptions {
  readonly repository: Repository;
  readonly definition: ReleaseDefinition;
  /** From `readCommit`. */
  readonly commit: Commit;
  /** Publisher ids; everything when empty or left out. */
  readonly only?: readonly string[];
  /** A plan made earlier: the run does that or nothing. */
  readonly approved?: ReleaseReport;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: EngineEvent) => void;
  readonly processes?: Processes;
  /** For tests. */
  readonly clock?: Clock;
}

/** What would be published, and what the registries already hold. Reads only. */
export async function planRelease(options: RunOptions): Promise<ReleaseReport> {
  return run('plan', options, async ({ lanes, needed }, context) => {
    await preflight(lanes, needed, context);
    return missingProgram(lanes, options);
  });
}

/**
 * The whole flow: check and inspect all, build all, publish, verify, promote. Safe to run again:
 * the registries are the truth, so a second run of the same commit writes nothing. Expected
 * failures are in the report; on abort it says how far the run came.
 */
export async function publishRelease(options: RunOptions): Promise<ReleaseReport> {
  return run('publish', options, async ({ lanes, needed }, context, source) => {
    await preflight(lanes, needed, context);
    const missing = await missingProgram(lanes, options);
    if (missing !== undefined || !allWell(lanes)) return missing;
    const unsettled = lanes.filter((lane) => !isSettled(lane));
    if (unsettled.length > 0) {
      const { prepare = [] } = options.definition;
      const { repository, processes = createProcesses() } = options;
      const problem = await prepareSource(
        { repository, sha: options.commit.canonical.sha, directory: source, prepare, processes },
        context,
      );
      if (problem !== undefined) return problem;
      await buildAll(unsettled, context);
      if (!allWell(lanes)) return undefined;
      await publishAll(unsettled, context);
      await verifyAll(unsettled, context);
    }
    if (allWell(lanes)) await promoteAll(lanes, context);
    return undefined;
  });
}

/** `prepare` is needed only when something has to be built. */
async function missingProgram(
  lanes: readonly Lane[],
  { definition, processes = createProcesses() }: RunOptions,
): Promise<Problem | undefined> {
  return lanes.every(isSettled) ? undefined : checkPrepare(definition.prepare ?? [], processes);
}

type Work = (opened: Opened, context: RunContext, source: string) => Promise<Problem | undefined>;

async function run(
  command: ReleaseReport['command'],
  options: RunOptions,
  work: Work,
): Promise<ReleaseReport> {
  const { commit, definition, repository } = options;
  const home = definition.repository ?? (await repository.remoteUrl());
  const refused = await refusals(command, commit, repository, policyOf(definition));
  const opened = await openLanes(publishersOf(definition), commit, {
    ...(options.only === undefined ? {} : { only: options.only }),
    ...(home === undefined ? {} : { repository: home }),
  });
  const problems = [...refused, ...opened.problems];
  if (problems.length === 0 && opened.lanes.length === 0) problems.push(nothingToDo());
  if (options.approved !== undefined && problems.length === 0)
    problems.push(...differsFrom(options.approved, makeReport(command, commit, opened.lanes, [])));
  if (problems.length > 0) return makeReport(command, commit, opened.lanes, problems);

  try {
    const problem = await inWorkspace(options, opened, work);
    return makeReport(command, commit, opened.lanes, problem ? [problem] : []);
  } catch (error) {
    return makeReport(command, commit, opened.lanes, [
      options.signal?.aborted === true ? interrupted(opened.lanes) : broken(opened.lanes, error),
    ]);
  }
}

async function inWorkspace(
  options: RunOptions,
  opened: Opened,
  work: Work,
): Promise<Problem | undefined> {
  const workspace = await createWorkspace();
  const source = join(workspace.directory, 'source');
  const context = createContext({ ...options, workspace, source, ...waiting(options.definition) });
  try {
    await mkdir(source);
    return await work(opened, context, source);
  } finally {
    // What the run did is worth more than its folder: a folder that stays is told, and no reason to
    // lose the report.
    await workspace.dispose().catch((error: unknown) => {
      context.emit({
        phase: 'open',
        message: `${workspace.directory} could not be removed: ${reasonOf(error)}`,
      });
    });
  }
}

function policyOf({ branches, repository }: ReleaseDefinition): Policy {
  return {
    ...(branches === undefined ? {} : { branches }),
    ...(repository === undefined ? {} : { home: repository }),
  };
}

function waiting({ visibleWithinMs }: ReleaseDefinition): { readonly visibleWithinMs?: number } {
  return visibleWithinMs === undefined ? {} : { visibleWithinMs };
}

function nothingToDo(): Problem {
  const error = new InvalidInputError(
    { field: 'publishers', expected: 'at least one publisher' },
    'nothing-to-publish',
  );
  return inputProblem(error);
}

const HOW_FAR: Readonly<Record<Lane['sent'], string>> = {
  nothing: 'before anything was sent to a registry',
  versions: 'while versions were being published; no pointer was moved',
  pointers: 'while pointers were being moved; each names what it named before, or this release',
};

function howFar(lanes: readonly Lane[]): Lane['sent'] {
  const reached = new Set(lanes.map(({ sent }) => sent));
  return reached.has('pointers') ? 'pointers' : reached.has('versions') ? 'versions' : 'nothing';
}

function interrupted(lanes: readonly Lane[]): Problem {
  const sent = howFar(lanes);
  return {
    code: 'interrupted',
    kind: 'incomplete',
    message: `The run was stopped ${HOW_FAR[sent]}.`,
    hint: 'Run the same command again: it continues from what the registries hold.',
    effect: sent === 'nothing' ? 'none' : 'unknown',
    rerun: 'safe',
  };
}

const ENGINE_FAULT: Fault = {
  code: 'run-failed',
  hint: 'If this is not a fault of the machine, please report it.',
  rerun: 'safe',
};

/** Neither a publisher's failure nor an abort: a full disk, or a fault of the engine. */
function broken(lanes: readonly Lane[], cause: unknown): Problem {
  const sent = howFar(lanes);
  return {
    ...(machineFault(cause) ?? ENGINE_FAULT),
    kind: 'incomplete',
    message: `The run failed ${HOW_FAR[sent]}: ${reasonOf(cause)}`,
    effect: sent === 'nothing' ? 'none' : 'unknown',
    cause,
  };
}
