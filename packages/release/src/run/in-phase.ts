import { AsyncLocalStorage } from 'node:async_hooks';
import { observeTraffic } from '@ameide/publisher-kit';
import type { Emitter } from './emitter.ts';
import type { Ending, EventDetail, Phase } from './events.ts';

/** The phase and the artifact that requests and programs belong to. */
export interface Scope {
  readonly emitter: Emitter;
  readonly phase: Phase;
  readonly publisher?: string;
  readonly coordinate?: string;
}

/**
 * The scope of the running code, also in every call that it awaits. An `AsyncLocalStorage`, because the
 * publishers' clients do not know the engine, and two releases may run in one process.
 */
const scopes = new AsyncLocalStorage<Scope>();

/** Runs code whose requests and programs belong to this scope. */
export function inScope<T>(scope: Scope, run: () => Promise<T>): Promise<T> {
  return scopes.run(scope, run);
}

/** Runs a phase between its two events. `endingOf` says how it ended. */
export async function inPhase<T>(
  { clock, emitter }: { readonly clock: { now(): number }; readonly emitter: Emitter },
  phase: Phase,
  run: () => Promise<T>,
  endingOf: (value: T) => Ending,
): Promise<T> {
  const start = clock.now();
  let outcome: Ending = 'failed';
  void emitter.emit({ type: 'phase-started', phase });
  try {
    const value = await inScope({ emitter, phase }, run);
    outcome = endingOf(value);
    return value;
  } finally {
    void emitter.emit({ type: 'phase-ended', phase, outcome, ms: elapsed(clock, start) });
  }
}

/** Whole milliseconds. */
export function elapsed(clock: { now(): number }, start: number): number {
  return Math.round(clock.now() - start);
}

/** Emits an event for each request and each program of this emitter's scopes, until disposed. */
export function emitTraffic(emitter: Emitter): Disposable {
  const emit = (
    detail: (of: Pick<Scope, 'phase' | 'publisher' | 'coordinate'>) => EventDetail,
  ): void => {
    const scope = scopes.getStore();
    if (scope === undefined || scope.emitter !== emitter) return;
    const { emitter: _emitter, ...of } = scope;
    void emitter.emit(detail(of));
  };
  const stop = observeTraffic({
    request: (observed) => emit((of) => ({ type: 'request', ...of, ...observed })),
    program: (observed) => emit((of) => ({ type: 'program', ...of, ...observed })),
  });
  return { [Symbol.dispose]: stop };
}
