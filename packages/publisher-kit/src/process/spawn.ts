import { execa } from 'execa';
import type { Redactor } from '../secret/redactor.ts';
import { createLineReader } from './output.ts';
import type { Command } from './processes.ts';
import type { Ended } from './result.ts';

const TEN_MINUTES = 600_000;
const LONGEST_TIMER = 2 ** 31 - 1;
/** For each stream. */
const MAX_OUTPUT = 256 * 1024 * 1024;

/**
 * Runs a program in its own process group with exactly this environment and waits until it ends.
 * Rejects with the reason of an abort.
 */
export async function spawn(
  command: Command,
  env: Record<string, string>,
  redactor: Redactor,
  graceMs: number,
): Promise<Ended> {
  const [program, ...args] = command.argv;
  const timeout = Math.min(Math.ceil(command.timeoutMs ?? TEN_MINUTES), LONGEST_TIMER);
  const broken = new AbortController();
  const subprocess = execa(program, args, {
    cwd: command.cwd,
    env,
    extendEnv: false,
    shell: false,
    reject: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    maxBuffer: command.maxOutputBytes ?? MAX_OUTPUT,
    timeout,
    cancelSignal:
      command.signal === undefined
        ? broken.signal
        : AbortSignal.any([command.signal, broken.signal]),
    // Compilers, package managers and git start further programs, which must end with them.
    killDescendants: true,
    forceKillAfterDelay: graceMs,
    // Without input, a program that asks a question gets an end of file instead of waiting for
    // ever.
    ...(command.input === undefined ? { stdin: 'ignore' as const } : { input: command.input }),
  });
  const streams = [subprocess.stdout, subprocess.stderr].filter((stream) => stream !== null);
  const readers =
    command.onLine === undefined
      ? []
      : streams.map(() => createLineReader(redactor, guarded(command.onLine, broken)));
  for (const [index, reader] of readers.entries())
    streams[index]?.on('data', (chunk: Uint8Array) => reader.write(chunk));

  using _guard = stopWaiting(command.signal, timeout, graceMs, () =>
    streams.forEach((stream) => stream.destroy()),
  );
  const ended = await subprocess;
  for (const reader of readers) reader.end();
  command.signal?.throwIfAborted();
  broken.signal.throwIfAborted();
  return ended;
}

/**
 * If a callback throws inside a stream's event, this process would end. Instead, end the program
 * and reject with the error.
 */
function guarded(onLine: Command['onLine'], broken: AbortController): (line: string) => void {
  return (line) => {
    try {
      if (!broken.signal.aborted) onLine?.(line);
    } catch (error) {
      broken.abort(error);
    }
  };
}

/**
 * A daemon that left the program's process group survives and may keep its output open. Stop
 * waiting for it some time after a timeout or abort.
 */
function stopWaiting(
  signal: AbortSignal | undefined,
  timeoutMs: number,
  graceMs: number,
  close: () => void,
): Disposable {
  const after = (ms: number): NodeJS.Timeout =>
    setTimeout(close, Math.min(ms + graceMs + 500, LONGEST_TIMER));
  const timers = [after(timeoutMs)];
  const onAbort = (): void => void timers.push(after(0));
  signal?.addEventListener('abort', onAbort, { once: true });
  return {
    [Symbol.dispose]: () => {
      for (const timer of timers) clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}
