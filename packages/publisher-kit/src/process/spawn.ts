import type { Readable } from 'node:stream';
import { execa } from 'execa';
import type { Redactor } from '../secret/redactor.ts';
import { limitsOf } from './limits.ts';
import type { Command } from './processes.ts';
import { readLines } from './read-lines.ts';
import type { Ended } from './result.ts';

const LONGEST_TIMER = 2 ** 31 - 1;

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
  const { onLine } = command;
  const { timeout, maxBuffer } = limitsOf(command);
  const broken = new AbortController();
  const subprocess = execa(program, args, {
    cwd: command.cwd,
    env,
    extendEnv: false,
    shell: false,
    reject: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    // What is shown line by line is read here, as fast as it is shown.
    buffer: onLine === undefined,
    maxBuffer,
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
  if (command.endsGroup === true)
    subprocess.nodeChildProcess.once('exit', () => killGroup(subprocess.pid));
  const streams = [subprocess.stdout, subprocess.stderr].filter((stream) => stream !== null);
  const closed = Promise.withResolvers<void>();
  using _guard = stopWaiting(command.signal, timeout, graceMs, () => {
    for (const stream of streams) stream.destroy();
    closed.resolve();
  });
  const tails =
    onLine === undefined
      ? undefined
      : Promise.all(
          streams.map((stream: Readable) =>
            readLines(stream, redactor, guarded(onLine, broken), closed.promise),
          ),
        );
  const ended = await subprocess;
  const [stdout, stderr] = (await tails) ?? [ended.stdout, ended.stderr];
  command.signal?.throwIfAborted();
  broken.signal.throwIfAborted();
  return {
    failed: ended.failed,
    exitCode: ended.exitCode,
    signal: ended.signal,
    code: ended.code,
    timedOut: ended.timedOut,
    isMaxBuffer: ended.isMaxBuffer,
    stdout,
    stderr,
  };
}

/** Kills what is left of the process group that a program has led. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined || process.platform === 'win32') return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing is left, as usual.
  }
}

/**
 * If a callback throws while a stream is read, end the program and reject with the error.
 */
function guarded(
  onLine: NonNullable<Command['onLine']>,
  broken: AbortController,
): NonNullable<Command['onLine']> {
  return (line) => {
    try {
      return broken.signal.aborted ? undefined : onLine(line);
    } catch (error) {
      broken.abort(error);
      return undefined;
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
