import { createWorkspace, type Workspace } from '@ameide/publisher-kit';
import { type Problem, problem } from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import type { ReleaseRecord } from '../record/release-record.ts';
import { writes } from '../report/command.ts';
import { makeReport, type ReleaseReport } from '../report/release-report.ts';
import { type Clock, SYSTEM_CLOCK } from '../run/clock.ts';
import { createContext, type RunContext } from '../run/context.ts';
import { createEmitter, type Emitter, emitEnd } from '../run/emitter.ts';
import type { Ending, Phase } from '../run/events.ts';
import { type Fault, machineFault, reasonOf } from '../run/faults.ts';
import { emitTraffic, inPhase } from '../run/in-phase.ts';
import {
  areClean,
  eventArtifacts,
  type PublisherRun,
  type WritesBegun,
} from '../run/publisher-run.ts';
import { INTERRUPTED, interrupted } from '../run/run-step.ts';
import type { ReleaseOptions } from './release.ts';

/** Everything known about a release so far. Each phase returns a new state. */
export interface ReleaseState {
  readonly runs: readonly PublisherRun[];
  /** The runs that `only` leaves out. */
  readonly others: readonly PublisherRun[];
  /** The absolute path of the commit's checkout, once it exists. */
  readonly checkout?: string;
  /** The release record, once everything is read back, if a publisher or the caller needs it. */
  readonly record?: ReleaseRecord;
  /** Problems that concern the whole release. */
  readonly problems: readonly Problem[];
}

/** One phase of a release. Without a name it has no events. */
export interface ReleasePhase {
  readonly name?: Phase;
  /** False if there is nothing to do: then the phase has no events. Default: always true. */
  readonly applies?: (state: ReleaseState, context: PhaseContext) => boolean;
  readonly run: (state: ReleaseState, context: PhaseContext) => Promise<ReleaseState>;
}

export interface PhaseContext extends RunContext {
  readonly commit: Commit;
  readonly options: ReleaseOptions;
  /** The release's temporary folder. */
  readonly directory: string;
}

/** A release in progress. */
export interface Progress extends AsyncDisposable {
  /**
   * Runs a phase, unless an earlier one found a problem. `evenAfterProblems` runs it anyway: so all
   * offline problems are reported together, and every write is read back.
   */
  run(phase: ReleasePhase, evenAfterProblems?: 'evenAfterProblems'): Promise<void>;
  report(): ReleaseReport;
}

/** What `openRelease` read and planned. */
export interface Opened {
  readonly commit: Commit;
  readonly state: ReleaseState;
}

/**
 * Opens the release and emits its first events. The phases share one temporary folder, which is
 * removed at the end.
 */
export async function startProgress(
  command: ReleaseReport['command'],
  options: ReleaseOptions,
  open: () => Promise<Opened>,
): Promise<Progress> {
  const { clock = SYSTEM_CLOCK, onEvent } = options;
  const emitter = createEmitter({ onEvent, clock, env: options.env ?? process.env });
  using resources = new DisposableStack();
  if (onEvent !== undefined) resources.use(emitTraffic(emitter));
  const opened = await inPhase({ clock, emitter }, 'open', open, (found) =>
    found.state.problems.length === 0 ? 'done' : 'problems',
  );
  emitStart(emitter, command, opened);
  return progressOf(command, opened, { clock, emitter, options, traffic: resources.move() });
}

function emitStart(
  emitter: Emitter,
  command: ReleaseReport['command'],
  { commit, state }: Opened,
): void {
  emitter.know(state.runs);
  void emitter.emit({
    type: 'run-started',
    command,
    sha: commit.canonical.sha,
    channel: commit.channel.kind,
    artifacts: eventArtifacts(state.runs),
  });
}

interface Surroundings {
  readonly clock: Clock;
  readonly emitter: Emitter;
  readonly options: ReleaseOptions;
  readonly traffic: Disposable;
}

function progressOf(
  command: ReleaseReport['command'],
  { commit, state: first }: Opened,
  { clock, emitter, options, traffic }: Surroundings,
): Progress {
  let state = first;
  let context: PhaseContext | undefined;
  const workspace = lazyWorkspace();
  const begin = async (): Promise<PhaseContext> => {
    const own = await workspace.get();
    const { visibleWithinMs } = options.definition;
    const timing = visibleWithinMs === undefined ? {} : { visibleWithinMs };
    const shared = { ...options, ...timing, clock, commit, emitter, workspace: own };
    return { ...createContext(shared), commit, options, directory: own.directory };
  };
  return {
    async run(phase, evenAfterProblems) {
      const isStopped = stops(command, state.problems) || !areClean(state.runs);
      if (isStopped && evenAfterProblems === undefined) return;
      try {
        context ??= await begin();
        context.signal.throwIfAborted();
        state = await runPhase(phase, state, context);
      } catch (error) {
        const { runs } = state;
        const found = options.signal?.aborted === true ? interrupted('none') : broken(runs, error);
        state = { ...state, problems: [...state.problems, found] };
      }
    },
    report() {
      const isHeld = command === 'publish' && options.holdPointers === true;
      const notes = [...(context?.notes() ?? []), ...(isHeld ? [HELD] : [])];
      const subject = { command, commit, definition: options.definition };
      const made = makeReport(subject, state.runs, problemsOf(state), notes);
      emitEnd(emitter, made);
      if (options.record !== true || made.status !== 'converged' || state.record === undefined)
        return made;
      return { ...made, record: state.record };
    },
    async [Symbol.asyncDispose]() {
      // A folder that cannot be removed must not cost us the report.
      await workspace.dispose().catch((error: unknown) => {
        const message = `Could not remove the temporary folder: ${reasonOf(error)}`;
        void emitter.emit({ type: 'progress', phase: 'end', text: message });
      });
      traffic[Symbol.dispose]();
    },
  };
}

/** A phase's outcome is `problems` if it found any that were not known before. */
async function runPhase(
  { applies, name, run }: ReleasePhase,
  state: ReleaseState,
  context: PhaseContext,
): Promise<ReleaseState> {
  if (applies?.(state, context) === false) return state;
  if (name === undefined) return run(state, context);
  const before = countProblems(state);
  return inPhase(
    context,
    name,
    async () => run(state, context),
    (after): Ending => {
      if (countProblems(after) <= before) return 'done';
      return context.signal.aborted ? 'stopped' : 'problems';
    },
  );
}

function countProblems({ problems, runs }: ReleaseState): number {
  return problems.length + runs.reduce((sum, run) => sum + run.problems.length, 0);
}

const HELD = 'The pointers stay where they are until ameide-release promote moves them.';

/**
 * Any problem stops a command that writes. Problems of kind `policy`, such as a wrong branch, do not stop
 * the others.
 */
function stops(command: ReleaseReport['command'], problems: readonly Problem[]): boolean {
  return problems.some(({ kind }) => writes(command) || kind !== 'policy');
}

function lazyWorkspace(): { get(): Promise<Workspace>; dispose(): Promise<void> } {
  let made: Promise<Workspace> | undefined;
  return {
    get: async () => (made ??= createWorkspace()),
    dispose: async () => (await made)?.dispose(),
  };
}

/** Reports an interruption once, however many steps it stopped. */
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
  versions: 'after it began to publish versions; no pointer was moved',
  pointers: 'after it began to move pointers; each names what it named before, or this release',
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

/**
 * Reports what is neither a publisher's failure nor an abort: a full disk, or a bug in the engine.
 */
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
