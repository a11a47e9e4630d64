import { execFile } from 'node:child_process';
import { limitsOf } from './limits.ts';
import type { Command } from './processes.ts';
import type { Ended } from './result.ts';

/**
 * Runs a program that only answers a question (see `Command.isQuestion`) with exactly this environment,
 * and waits for its end. Kills it at once on abort or timeout, because it can leave nothing half done.
 * On abort rejects with the signal's reason.
 */
export async function ask(command: Command, env: Record<string, string>): Promise<Ended> {
  const [program, ...args] = command.argv;
  const { signal } = command;
  const options = {
    cwd: command.cwd,
    env,
    encoding: 'buffer' as const,
    ...limitsOf(command),
    ...(signal === undefined ? {} : { signal }),
    killSignal: 'SIGKILL' as const,
  };
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  try {
    const child = execFile(program, args, options, (error, stdout, stderr) =>
      resolve({ ...howItEnded(error), stdout, stderr }),
    );
    // A program that ends before it has read its input breaks the pipe; its exit code says why it ended.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(command.input);
  } catch (error) {
    // Node throws some of the errors of starting a program, and passes the others to the callback.
    if (isSystemError(error)) resolve(howItEnded(error));
    else reject(error);
  }
  const ended = await promise;
  signal?.throwIfAborted();
  return ended;
}

function isSystemError(error: unknown): error is NonNullable<Failure> {
  return error instanceof Error && 'syscall' in error;
}

type Failure = Parameters<NonNullable<Parameters<typeof execFile>[3]>>[0];

function howItEnded(error: Failure): Ended {
  if (error === null) return { failed: false, exitCode: 0, timedOut: false, isMaxBuffer: false };
  const {
    code,
    killed = false,
    signal,
  } = error as Omit<NonNullable<Failure>, 'code'> & {
    readonly code?: number | string | null;
  };
  const isMaxBuffer = code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER';
  return {
    failed: true,
    ...(typeof code === 'number' ? { exitCode: code } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof signal === 'string' ? { signal } : {}),
    timedOut: killed && !isMaxBuffer,
    isMaxBuffer,
  };
}
