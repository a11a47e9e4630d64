import colors from 'picocolors';
import { duration } from '../../run/event-message.ts';
import type { EngineEvent, Phase } from '../../run/events.ts';
import type { CliEnvironment } from '../environment.ts';
import { inertLine } from '../plain.ts';

/** Shows the events of a run. */
export interface Renderer extends Disposable {
  /** May return a promise while the reader cannot keep up. */
  onEvent(event: EngineEvent): unknown;
}

export interface PlainOptions {
  readonly verbose: boolean;
}

/** Prints a line for each step; in GitHub Actions each phase is a group that can be folded. */
export function plainProgress(env: CliEnvironment, options: PlainOptions): Renderer {
  let open: Phase | undefined;
  let hasPhases = false;
  const close = (): void => {
    if (open !== undefined) env.actions?.command({ name: 'endgroup' });
    open = undefined;
  };
  return {
    onEvent(event) {
      // `trace` and the like have one phase: a group would fold everything.
      hasPhases ||= event.type === 'phase-started' && event.phase === 'open';
      const line = plainLine(event, options);
      if (line === undefined || !('phase' in event)) return undefined;
      if (hasPhases && open !== event.phase) {
        close();
        open = event.phase;
        env.actions?.command({ name: 'group', message: event.phase });
      }
      return env.stderr(`${line}\n`);
    },
    [Symbol.dispose]: close,
  };
}

/** The end of a shorter phase is only shown with `--verbose`. */
const SHORTEST_SHOWN_MS = 1000;

/** The types of event that get a line, always or only with `--verbose`. The others get none. */
const SHOWN: Partial<Readonly<Record<EngineEvent['type'], 'always' | 'verbose'>>> = {
  progress: 'always',
  waiting: 'always',
  artifact: 'always',
  pointer: 'always',
  'phase-ended': 'always',
  'step-ended': 'verbose',
  request: 'verbose',
  program: 'verbose',
};

/** Returns an event as one line, whatever its message contains; undefined for an event without a line. */
export function plainLine(event: EngineEvent, { verbose }: PlainOptions): string | undefined {
  const shown = SHOWN[event.type];
  if (shown === undefined || (shown === 'verbose' && !verbose) || !('phase' in event))
    return undefined;
  if (event.type === 'pointer' && event.outcome === 'already') return undefined;
  if (event.type !== 'phase-ended') return line(event, event.message);
  const { ms, outcome } = event;
  const isShown = verbose || ms >= SHORTEST_SHOWN_MS;
  return isShown ? line(event, `${outcome}, ${duration(ms)}`) : undefined;
}

function line(
  { phase, publisher }: { readonly phase: Phase; readonly publisher?: string },
  message: string,
): string {
  const whose = publisher === undefined ? '' : `${inertLine(publisher)}  `;
  return `${colors.dim(phase.padEnd(7))} ${whose}${colors.dim(inertLine(message))}`;
}
