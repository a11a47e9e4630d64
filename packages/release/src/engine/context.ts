import { setTimeout as delay } from 'node:timers/promises';
import type { Repository, Workspace } from '@ameide/publisher-kit';
import type { EngineEvent, Lane, Phase, RunContext } from './lane.ts';

export interface ContextOptions {
  readonly repository: Repository;
  readonly workspace: Workspace;
  /** The run's private copy of the commit. */
  readonly source: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: EngineEvent) => void;
  readonly visibleWithinMs?: number;
  readonly clock?: Clock;
}

/** Time as the engine sees it; tests give their own. */
export interface Clock {
  /** Milliseconds that only grow. */
  now(): number;
  /** Rejects on abort. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => delay(ms, undefined, { signal }),
};

const VISIBLE_WITHIN_MS = 120_000;

/** Makes what the phases share. Each lane gets one folder of its own for the whole run. */
export function createContext(options: ContextOptions): RunContext {
  const { workspace, source, clock = SYSTEM_CLOCK } = options;
  const signal = options.signal ?? new AbortController().signal;
  const history = options.repository.history();
  const folders = new Map<Lane, Promise<string>>();
  const emit = (event: EngineEvent): void => {
    try {
      options.onEvent?.(event);
    } catch {
      // Progress is for people: a listener that fails must not end a publish half-way.
    }
  };
  const folder = (lane: Lane): Promise<string> => {
    // Numbered, as a trace opens one publisher for each build a commit may have had.
    const known = folders.get(lane) ?? workspace.folder(`${folders.size + 1}-${lane.publisher.id}`);
    folders.set(lane, known);
    return known;
  };
  return {
    signal,
    emit,
    visibleWithinMs: options.visibleWithinMs ?? VISIBLE_WITHIN_MS,
    sleep: async (ms) => clock.sleep(ms, signal),
    now: () => clock.now(),
    async step(lane: Lane, phase: Phase) {
      signal.throwIfAborted();
      return {
        signal,
        workspace: await folder(lane),
        source: lane.source ?? source,
        history,
        emit: ({ publisher, message }) => emit({ phase, publisher, message }),
      };
    },
  };
}
