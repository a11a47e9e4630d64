import { AsyncLocalStorage } from 'node:async_hooks';
import {
  createRedactor,
  type ObservedProgram,
  type ObservedRequest,
  observeTraffic,
  type Redactor,
  secretVariables,
} from '@ameide/publisher-kit';
import type { Emitter } from './emitter.ts';
import type { Ending, EventDetail, Phase } from './events.ts';
import type { PublisherRun } from './publisher-run.ts';

/** Whose requests and programs these are. */
export interface Scope {
  readonly emitter: Emitter;
  readonly phase: Phase;
  readonly publisher?: string;
  readonly coordinate?: string;
}

/**
 * The scope of the code that runs, through every call that it waits for. The publishers' clients know
 * nothing of the engine, and two releases may run in one process.
 */
const scopes = new AsyncLocalStorage<Scope>();

/** Runs code whose requests and programs are this scope's. */
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

/**
 * Emits an event for each request and each program of this emitter's scopes, until disposed. The
 * kit has removed the secrets that it knew at that place; here all others are removed as well.
 */
export function emitTraffic(
  emitter: Emitter,
  runs: () => readonly Pick<PublisherRun, 'publisher'>[],
): Disposable {
  // Of the runs that a redactor was last made for: there are none until the release is opened.
  let known: { readonly of: unknown; readonly redactor: Redactor } | undefined;
  const redact = (text: string): string => {
    const of = runs();
    if (known?.of !== of) known = { of, redactor: createRedactor(allSecrets(of)) };
    return known.redactor.redact(text);
  };
  const emit = (
    detail: (of: Pick<Scope, 'phase' | 'publisher' | 'coordinate'>) => EventDetail,
  ): void => {
    const scope = scopes.getStore();
    if (scope === undefined || scope.emitter !== emitter) return;
    const { emitter: _emitter, ...of } = scope;
    void emitter.emit(detail(of));
  };
  const stop = observeTraffic({
    request: (observed: ObservedRequest) =>
      emit((of) => ({ type: 'request', ...of, ...observed, url: redact(observed.url) })),
    program: (observed: ObservedProgram) =>
      emit((of) => ({ type: 'program', ...of, ...observed, argv: observed.argv.map(redact) })),
  });
  return { [Symbol.dispose]: stop };
}

/** The secrets of this process's environment, and the tokens that the publishers were given. */
function allSecrets(runs: readonly Pick<PublisherRun, 'publisher'>[]): string[] {
  const given = runs.flatMap(({ publisher }) => {
    try {
      return publisher.secrets?.() ?? [];
    } catch {
      // A token that cannot be read is no part of any request; its own step reports why.
      return [];
    }
  });
  return [
    ...[...secretVariables(process.env).values()].flat(),
    ...given.map((secret) => secret.reveal()),
  ];
}
