import { createWorkspace, type Repository } from '@ameide/publisher-kit';
import type { Commit } from '../commit/commit.ts';
import { createContext, type RunContext } from './context.ts';
import type { Ended, Listener } from './emitter.ts';
import { type ObservedSubject, observedRun } from './observed-run.ts';

interface Surroundings {
  readonly repository: Repository;
  readonly signal?: AbortSignal;
  readonly onEvent?: Listener;
}

/** Runs a command that has one phase, with its events, in a temporary folder of its own. */
export async function inObservedContext<R extends Ended>(
  { commit, ...subject }: Omit<ObservedSubject, 'onEvent'> & { readonly commit: Commit },
  options: Surroundings,
  run: (context: RunContext) => Promise<R>,
): Promise<R> {
  return observedRun({ ...subject, onEvent: options.onEvent }, async (emitter) => {
    await using workspace = await createWorkspace();
    const report = await run(createContext({ ...options, commit, emitter, workspace }));
    options.signal?.throwIfAborted();
    return report;
  });
}
