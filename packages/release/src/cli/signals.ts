import { constants } from 'node:os';
import { askedFor } from './asked.ts';

/**
 * One Ctrl-C may send two signals at once: one from the terminal, one from the package manager that
 * started this program.
 */
const ONE_SIGNAL_MS = 1000;

/** How long a command that writes to no registry may take to stop. Its programs are killed after five seconds. */
const STOP_WITHIN_MS = 8000;

/** They write nothing and leave nothing behind, so that there is nothing to do before they end. */
const ENDS_AT_ONCE: ReadonlySet<string> = new Set(['doctor', 'inventory', 'version']);

/** Aborts when the user or the machine stops the program. A second signal ends it. */
export function stopOnSignals(argv: readonly string[]): AbortSignal {
  const stop = new AbortController();
  // The first process of a container ignores a signal without a listener.
  if (endsAtOnce(argv) && process.pid !== 1) return stop.signal;
  const { readsOnly } = askedFor(argv);
  let stoppedAt = 0;
  // Stays for the whole run. Without our own listener, the listener that execa sets for its children
  // would end this program at once.
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    const end = (): never => process.exit(128 + constants.signals[name]);
    process.on(name, () => {
      if (!stop.signal.aborted) {
        stoppedAt = performance.now();
        stop.abort(new Error(`stopped by ${name}`));
        if (readsOnly) setTimeout(end, STOP_WITHIN_MS).unref();
      } else if (performance.now() - stoppedAt > ONE_SIGNAL_MS) {
        // Hanging code may never react to the first signal, for example a definition that waits for
        // something.
        end();
      }
    });
  }
  return stop.signal;
}

/** A listener runs only between two steps of the program: one that never ends a step would never end. */
function endsAtOnce([first = '', ...rest]: readonly string[]): boolean {
  if (first === '-C' || first === '--directory') return endsAtOnce(rest.slice(1));
  return ENDS_AT_ONCE.has(first) && !rest.includes('--fix');
}
