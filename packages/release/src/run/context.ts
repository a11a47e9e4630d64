import { type Repository, sleep, type Workspace } from '@ameide/publisher-kit';
import type { Step } from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import { createStep, environmentIn } from './create-step.ts';
import type { EngineEvent, Phase, PublisherRun } from './publisher-run.ts';

export interface ContextOptions {
  readonly repository: Repository;
  readonly commit: Commit;
  readonly workspace: Workspace;
  readonly signal?: AbortSignal;
  readonly onEvent?: Listener;
  /** Milliseconds that a published version may take to become readable. */
  readonly visibleWithinMs?: number;
  readonly clock?: Clock;
}

const ignore = (): void => undefined;

/** Gets the events of a run. May return a promise while it cannot keep up: see `Step.emit`. */
export type Listener = (event: EngineEvent) => unknown;

/** The engine's clock; tests replace it. */
export interface Clock {
  /** Milliseconds that never decrease. */
  now(): number;
  /** Rejects on abort. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  sleep,
};

const VISIBLE_WITHIN_MS = 120_000;

/** What the phases share. Immutable. */
export interface RunContext {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly visibleWithinMs: number;
  /**
   * Returns what the engine passes to one step of a publisher. All steps of a run get the same
   * workspace.
   */
  step(run: Pick<PublisherRun, 'id' | 'publisher'>, phase: Phase, checkout?: string): Promise<Step>;
  /** The environment of programs that run in this checkout, absolute. */
  environmentIn(checkout: string): Step['environment'];
  /** What publishers have told that is no failure, once each. */
  notes(): readonly string[];
  /** Never throws or rejects: a failing listener must not end a release half-way. */
  emit(event: EngineEvent): void | PromiseLike<void>;
}

export function createContext(options: ContextOptions): RunContext {
  const { commit, repository, workspace } = options;
  const signal = options.signal ?? new AbortController().signal;
  const folders = new Map<PublisherRun['publisher'], Promise<string>>();
  const folderOf = async ({ publisher }: Pick<PublisherRun, 'publisher'>): Promise<string> => {
    // The number keeps folders apart: `trace` opens a publisher once for each possible build of a
    // commit.
    const folder =
      folders.get(publisher) ?? workspace.folder(`${folders.size + 1}-${publisher.id}`);
    folders.set(publisher, folder);
    return folder;
  };
  const notes = new Set<string>();
  const emit = (event: EngineEvent): void | PromiseLike<void> => {
    try {
      const busy = options.onEvent?.(event);
      return busy instanceof Promise ? busy.then(ignore, ignore) : undefined;
    } catch {
      // A failure to show progress must not stop the release.
      return undefined;
    }
  };
  return {
    signal,
    clock: options.clock ?? SYSTEM_CLOCK,
    visibleWithinMs: options.visibleWithinMs ?? VISIBLE_WITHIN_MS,
    emit,
    notes: () => [...notes],
    environmentIn: (checkout) => environmentIn(checkout, options),
    async step(run, phase, checkout = '') {
      signal.throwIfAborted();
      const emitIn: Step['emit'] = ({ message, isNote }) => {
        if (isNote !== true) return emit({ phase, publisher: run.id, message });
        notes.add(message);
        return undefined;
      };
      const folder = await folderOf(run);
      return createStep({ repository, commit, workspace: folder, checkout, signal, emit: emitIn });
    },
  };
}
