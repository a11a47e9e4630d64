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
  /** Waits between reads; tests give their own. */
  readonly sleep?: (ms: number) => Promise<void>;
}

export const VISIBLE_WITHIN_MS = 120_000;

/** Makes what the phases share. Each lane gets one folder of its own for the whole run. */
export function createContext(options: ContextOptions): RunContext {
  const signal = options.signal ?? new AbortController().signal;
  const history = options.repository.history();
  const folders = new Map<Lane, Promise<string>>();
  const emit = (event: EngineEvent): void => options.onEvent?.(event);
  const folder = (lane: Lane): Promise<string> => {
    // Numbered, as a trace opens one publisher for each build a commit may have had.
    const known = folders.get(lane) ?? options.workspace.folder(`${folders.size + 1}-${lane.publisher.id}`);
    folders.set(lane, known);
    return known;
  };
  return {
    signal,
    emit,
    visibleWithinMs: options.visibleWithinMs ?? VISIBLE_WITHIN_MS,
    sleep: options.sleep ?? ((ms) => delay(ms, undefined, { signal })),
    async step(lane: Lane, phase: Phase) {
      return {
        signal,
        workspace: await folder(lane),
        source: options.source,
        history,
        emit: ({ publisher, message }) => emit({ phase, publisher, message }),
      };
    },
  };
}
