import { createWorkspace, type Workspace } from '@ameide/publisher-kit';
import { type Problem, problem } from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import { makeReport, type ReleaseReport } from '../report/release-report.ts';
import { createContext, type RunContext } from '../run/context.ts';
import { type Fault, machineFault, reasonOf } from '../run/faults.ts';
import { areClean, type PublisherRun, type WritesBegun } from '../run/publisher-run.ts';
import { INTERRUPTED, interrupted } from '../run/run-step.ts';
import type { ReleaseOptions } from './release.ts';

/** Everything that is known of a release so far. Each phase returns a new one. */
export interface ReleaseState {
  readonly runs: readonly PublisherRun[];
  /** Publishers that are no part of this release, and that its artifacts cannot do without. */
  readonly required: readonly PublisherRun[];
  /** The checkout of the commit, absolute, once there is one. */
  readonly checkout?: string;
  /** Problems that concern the whole release. */
  readonly problems: readonly Problem[];
}

export type ReleasePhase = (state: ReleaseState, context: PhaseContext) => Promise<ReleaseState>;

export interface PhaseContext extends RunContext {
  readonly commit: Commit;
  readonly options: ReleaseOptions;
  /** The release's temporary folder. */
  readonly directory: string;
}

/** A release under way. */
export interface Progress extends AsyncDisposable {
  /**
   * Runs a phase, unless an earlier one has met a problem. What is decided offline is reported all at
   * once, and what was written is read back, all the same: `evenAfterProblems`.
   */
  phase(run: ReleasePhase, evenAfterProblems?: 'evenAfterProblems'): Promise<void>;
  report(): ReleaseReport;
}

/** Begins with what `openRelease` found. Its phases share one temporary folder, which is removed in the end. */
export async function startProgress(
  command: ReleaseReport['command'],
  commit: Commit,
  opened: ReleaseState,
  options: ReleaseOptions,
): Promise<Progress> {
  let state = opened;
  let context: PhaseContext | undefined;
  const workspace = lazyWorkspace();
  const begin = async (): Promise<PhaseContext> => {
    const own = await workspace.get();
    const { visibleWithinMs } = options.definition;
    const timing = visibleWithinMs === undefined ? {} : { visibleWithinMs };
    const shared = { ...options, ...timing, commit, workspace: own };
    return { ...createContext(shared), commit, options, directory: own.directory };
  };
  return {
    async phase(run, evenAfterProblems) {
      const isStopped = stops(command, state.problems) || !areClean(state.runs);
      if (isStopped && evenAfterProblems === undefined) return;
      try {
        context ??= await begin();
        context.signal.throwIfAborted();
        state = await run(state, context);
      } catch (error) {
        const { runs } = state;
        const found = options.signal?.aborted === true ? interrupted('none') : broken(runs, error);
        state = { ...state, problems: [...state.problems, found] };
      }
    },
    report: () => makeReport(command, commit, state.runs, problemsOf(state)),
    async [Symbol.asyncDispose]() {
      // What the release did is worth more than its folder: a report must not get lost with it.
      await workspace.dispose().catch((error: unknown) => {
        const message = `Could not remove the temporary folder: ${reasonOf(error)}`;
        context?.emit({ phase: 'open', message });
      });
    },
  };
}

/** A plan is made of any branch and pull request, to be looked at: `publish` would refuse there. */
function stops(command: ReleaseReport['command'], problems: readonly Problem[]): boolean {
  return problems.some(({ kind }) => command === 'publish' || kind !== 'policy');
}

function lazyWorkspace(): { get(): Promise<Workspace>; dispose(): Promise<void> } {
  let made: Promise<Workspace> | undefined;
  return {
    get: async () => (made ??= createWorkspace()),
    dispose: async () => (await made)?.dispose(),
  };
}

/** However many verbs were interrupted, the release was stopped once. */
function problemsOf({ runs, problems }: ReleaseState): ReleaseState['problems'] {
  const all = [...problems, ...runs.flatMap((run) => run.problems)];
  const others = problems.filter(({ code }) => code !== INTERRUPTED);
  if (all.every(({ code }) => code !== INTERRUPTED)) return others;
  const begun = writesBegun(runs);
  const stopped = interrupted(begun === 'none' ? 'none' : 'unknown');
  return [...others, { ...stopped, message: `The release was stopped ${HOW_FAR[begun]}.` }];
}

const HOW_FAR: Readonly<Record<WritesBegun, string>> = {
  none: 'before anything was sent to a registry',
  versions: 'while versions were being published; no pointer was moved',
  pointers: 'while pointers were being moved; each names what it named before, or this release',
};

function writesBegun(runs: readonly PublisherRun[]): WritesBegun {
  const begun = new Set(runs.map((run) => run.writesBegun));
  return begun.has('pointers') ? 'pointers' : begun.has('versions') ? 'versions' : 'none';
}

const ENGINE_FAULT: Fault = {
  code: 'run-failed',
  hint: 'If this is not a fault of the machine, please report it.',
  rerun: 'safe',
};

/** Neither a publisher's failure nor an abort: a full disk, or a fault of the engine. */
function broken(runs: readonly PublisherRun[], cause: unknown): Problem {
  const begun = writesBegun(runs);
  const reason = reasonOf(cause);
  return problem({
    ...(machineFault(cause) ?? ENGINE_FAULT),
    kind: 'incomplete',
    message: `The release failed ${HOW_FAR[begun]}: ${reason}`,
    reason,
    effect: begun === 'none' ? 'none' : 'unknown',
    cause,
  });
}
