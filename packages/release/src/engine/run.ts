import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Processes, Repository } from '@ameide/publisher-kit';
import { createProcesses, createWorkspace } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import { InvalidInputError } from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import type { ReleaseDefinition } from '../definition/definition.ts';
import { publishersOf } from '../definition/definition.ts';
import { differsFrom } from './approved.ts';
import { buildAll, prepareSource } from './build.ts';
import { createContext } from './context.ts';
import { inputProblem } from './guard.ts';
import type { EngineEvent, Lane, RunContext } from './lane.ts';
import { allWell, isSettled } from './lane.ts';
import { openLanes } from './open.ts';
import { preflight } from './preflight.ts';
import { promoteAll } from './promote.ts';
import { publishAll } from './publish.ts';
import type { ReleaseReport } from './report.ts';
import { makeReport } from './report.ts';
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
  /** Waits between reads; tests give their own. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** What would be published, and what the registries already hold. Reads only. */
export async function planRelease(options: RunOptions): Promise<ReleaseReport> {
  return run('plan', options, async (lanes, context) => preflight(lanes, context));
}

/**
 * The whole flow: check and inspect all, build all, publish, verify, promote. Safe to run again: the registries are the truth, so a
 * second run of the same commit writes nothing. Expected failures are in the report; on abort it says how far the run came.
 */
export async function publishRelease(options: RunOptions): Promise<ReleaseReport> {
  return run('publish', options, async (lanes, context, source) => {
    await preflight(lanes, context);
    if (!allWell(lanes)) return undefined;
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

type Work = (lanes: readonly Lane[], context: RunContext, source: string) => Promise<Problem | undefined | void>;

async function run(command: ReleaseReport['command'], options: RunOptions, work: Work): Promise<ReleaseReport> {
  const { commit, definition, repository } = options;
  const home = definition.repository ?? (await repository.remoteUrl());
  const refused = [...(await dirtyTree(options)), ...pullRequest(command, commit)];
  const opened = await openLanes(publishersOf(definition), commit, {
    ...(options.only === undefined ? {} : { only: options.only }),
    ...(home === undefined ? {} : { repository: home }),
  });
  const problems = [...refused, ...opened.problems];
  if (options.approved !== undefined && problems.length === 0)
    problems.push(...differsFrom(options.approved, makeReport(command, commit, opened.lanes, [])));
  if (problems.length > 0) return makeReport(command, commit, opened.lanes, problems);

  await using workspace = await createWorkspace();
  const source = join(workspace.directory, 'source');
  await mkdir(source);
  const context = createContext({ ...options, workspace, source, ...waiting(definition) });
  try {
    const problem = await work(opened.lanes, context, source);
    return makeReport(command, commit, opened.lanes, problem ? [problem] : []);
  } catch (error) {
    if (options.signal?.aborted !== true) throw error;
    return makeReport(command, commit, opened.lanes, [interrupted(opened.lanes)]);
  }
}

function waiting({ visibleWithinMs }: ReleaseDefinition): { readonly visibleWithinMs?: number } {
  return visibleWithinMs === undefined ? {} : { visibleWithinMs };
}

async function dirtyTree({ repository, commit }: RunOptions): Promise<Problem[]> {
  // Only HEAD can be mistaken for what lies in the working tree; another commit is built as it is.
  if ((await repository.resolve('HEAD')) !== commit.canonical.sha) return [];
  const paths = await repository.dirtyPaths();
  if (paths.length === 0) return [];
  const some = paths.slice(0, 5).join(', ') + (paths.length > 5 ? ` and ${paths.length - 5} more` : '');
  const error = new InvalidInputError(
    {
      field: 'working tree',
      expected: `no changes beside the commit, found ${some}`,
      hint: 'Commit, stash or ignore them: what is published is built from the commit, without them.',
    },
    'dirty-tree',
  );
  return [inputProblem(error)];
}

function pullRequest(command: ReleaseReport['command'], commit: Commit): Problem[] {
  if (command === 'plan' || commit.channel.kind !== 'pull-request') return [];
  const error = new InvalidInputError(
    {
      field: 'ref',
      received: commit.ref,
      expected: 'a branch or a version tag: pull requests are not published',
      hint: 'Use "ameide-release version" in pull requests; publish after the merge.',
    },
    'pull-request',
  );
  return [inputProblem(error)];
}

function interrupted(lanes: readonly Lane[]): Problem {
  const started = lanes.some((lane) => lane.built !== undefined);
  return {
    code: 'interrupted',
    kind: 'incomplete',
    message: started
      ? 'The run was stopped; some versions may have been published, and no pointer moves without its artifacts.'
      : 'The run was stopped before anything was published.',
    hint: 'Run the same command again: it continues from what the registries hold.',
    effect: started ? 'unknown' : 'none',
    rerun: 'safe',
  };
}
