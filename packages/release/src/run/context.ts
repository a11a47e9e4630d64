import type { Repository, Workspace } from '@ameide/publisher-kit';
import type { Step } from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import { type Clock, SYSTEM_CLOCK } from './clock.ts';
import { createStep, environmentIn } from './create-step.ts';
import type { Emitter } from './emitter.ts';
import type { Phase } from './events.ts';
import { eventOf, type PublisherRun } from './publisher-run.ts';

export interface ContextOptions {
  readonly repository: Repository;
  readonly commit: Commit;
  readonly workspace: Workspace;
  readonly signal?: AbortSignal;
  readonly emitter: Emitter;
  /** Milliseconds that a published version may take to become readable. */
  readonly visibleWithinMs?: number;
  readonly clock?: Clock;
}

const VISIBLE_WITHIN_MS = 120_000;

/** What the phases share. Immutable. */
export interface RunContext extends Pick<Emitter, 'emit'> {
  readonly emitter: Emitter;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly visibleWithinMs: number;
  /**
   * Returns what the engine passes to one step of a publisher. All steps of a run get the same
   * workspace.
   */
  step(run: StepRun, phase: Phase, checkout?: string): Promise<Step>;
  /** The environment of programs that run in this checkout, absolute. */
  environmentIn(checkout: string): Step['environment'];
  /** What publishers have told that is no failure, once each. */
  notes(): readonly string[];
}

/** Whose step it is. */
export type StepRun = Pick<PublisherRun, 'id' | 'plan' | 'publisher'> &
  Partial<Pick<PublisherRun, 'isReproducible'>>;

export function createContext(options: ContextOptions): RunContext {
  const { commit, emitter, repository, workspace } = options;
  // Publishers keep a run's answers by its signal, and a server may give one signal to all of its runs.
  const signal = AbortSignal.any(options.signal === undefined ? [] : [options.signal]);
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
  return {
    signal,
    clock: options.clock ?? SYSTEM_CLOCK,
    visibleWithinMs: options.visibleWithinMs ?? VISIBLE_WITHIN_MS,
    emitter,
    emit: (detail) => emitter.emit(detail),
    notes: () => [...notes],
    environmentIn: (checkout) => environmentIn(checkout, options),
    async step(run, phase, checkout = '') {
      signal.throwIfAborted();
      const emitIn: Step['emit'] = ({ message, isNote }) => {
        const of = { ...eventOf(run, phase), text: message };
        if (isNote !== true) return emitter.emit({ type: 'progress', ...of });
        if (notes.has(message)) return undefined;
        notes.add(message);
        return emitter.emit({ type: 'note', ...of });
      };
      const folder = await folderOf(run);
      const { isReproducible = false } = run;
      const own = { workspace: folder, checkout, isReproducible };
      return createStep({ repository, commit, signal, emit: emitIn, ...own });
    },
  };
}
