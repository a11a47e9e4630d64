import type { RunContext } from './context.ts';
import type { Phase } from './events.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

interface Reading<T> {
  /** What its `waiting` events are about. */
  readonly of: { readonly phase: Phase; readonly publisher: string; readonly coordinate?: string };
  readonly read: () => Promise<T>;
  /** True for an answer that another reading may complete. */
  readonly isAwaited: (answer: T) => boolean;
}

/**
 * Reads again, with growing pauses, until nothing more is awaited or `visibleWithinMs` have passed: registries may
 * accept something long before they show it. Returns the last answer; undefined if the run was interrupted.
 */
export async function untilVisible<T>(
  { isAwaited, of, read }: Reading<T>,
  { clock, emit, signal, visibleWithinMs }: RunContext,
): Promise<T | undefined> {
  const start = clock.now();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const answer = await read();
    const left = start + visibleWithinMs - clock.now();
    if (left <= 0 || !isAwaited(answer)) return answer;
    const seconds = Math.round((clock.now() - start) / 1000);
    void emit({ type: 'waiting', ...of, for: [], why: `not visible yet, ${seconds} s` });
    await clock.sleep(Math.min(pause, left), signal).catch(() => undefined);
    if (signal.aborted) return undefined;
  }
}
