import { SYSTEM_CLOCK } from './clock.ts';
import { createEmitter, type Emitter, type Ended, emitEnd, type Listener } from './emitter.ts';
import type { ObservedCommand } from './events.ts';
import { emitTraffic, inPhase } from './in-phase.ts';
import { eventArtifacts, type PublisherRun } from './publisher-run.ts';

/** The subject of a command that only reads, or writes one thing. */
export interface ObservedSubject {
  readonly command: ObservedCommand;
  /** The commit, if one is asked about. */
  readonly sha?: string;
  readonly runs: readonly PublisherRun[];
  readonly onEvent?: Listener | undefined;
}

/** Runs a command that has one phase, and emits the events before and after it. */
export async function observedRun<R extends Ended>(
  { command, onEvent, runs, sha }: ObservedSubject,
  run: (emitter: Emitter) => Promise<R>,
): Promise<R> {
  const clock = SYSTEM_CLOCK;
  const emitter = createEmitter({ onEvent, clock, env: process.env });
  using _traffic = onEvent === undefined ? undefined : emitTraffic(emitter);
  emitter.know(runs);
  void emitter.emit({
    type: 'run-started',
    command,
    ...(sha === undefined ? {} : { sha }),
    artifacts: eventArtifacts(runs),
  });
  const report = await inPhase(
    { clock, emitter },
    'check',
    async () => run(emitter),
    ({ problems }) => (problems.length === 0 ? 'done' : 'problems'),
  );
  emitEnd(emitter, report);
  return report;
}
