import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Running, running } from '../running.ts';
import type { StateFolder } from '../state-folder.ts';

export interface Program {
  readonly command: readonly string[];
  /** Matches the output line of a listening server; the first group is the port, if it has one. */
  readonly listening: RegExp;
  /** Variables beside those of `childEnvironment`. */
  readonly env?: NodeJS.ProcessEnv;
  /** The user id to run it as. */
  readonly uid?: number;
}

/** A program that runs until `stop`. */
export interface Child {
  /** What the first group of `listening` matched. */
  readonly port: string;
  stop(): Promise<void>;
}

const TERMINATION_GRACE_MS = 5000;
/** devpi needs ten seconds on a busy machine. */
const START_LIMIT_MS = 90_000;

/** The variables that a child may see: they locate programs and contain no credential. */
const KEPT = ['PATH', 'HOME', 'LANG', 'VIRTUAL_ENV', 'PYENV_ROOT', 'PYENV_VERSION'] as const;

export function childEnvironment(state: StateFolder): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(
    KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  return { ...kept, TMPDIR: state.directory, PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1' };
}

/**
 * Starts a server program that chooses its own port and prints it, and disposes of the state folder
 * when it ends.
 */
export async function startProgram(state: StateFolder, program: Program): Promise<Running> {
  const child = await startChild(state, program).catch(async (error: unknown) => {
    await state.dispose();
    throw error;
  });
  return running(`http://127.0.0.1:${child.port}`, state.logFile, async () => {
    await child.stop();
    await state.dispose();
  });
}

/**
 * Starts a program, whose output becomes the log. Resolves when it prints that it listens; rejects
 * with the end of the output if it ends before that. It is ended with SIGTERM, then SIGKILL, at the
 * latest with this process.
 */
export async function startChild(state: StateFolder, program: Program): Promise<Child> {
  const [file = '', ...args] = program.command;
  const child = spawn(file, args, {
    env: { ...childEnvironment(state), ...program.env },
    cwd: state.directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(program.uid === undefined ? {} : { uid: program.uid }),
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lastResort = (): void => void child.kill('SIGKILL');
  process.once('exit', lastResort);
  const stop = async (): Promise<void> => {
    process.off('exit', lastResort);
    await end(child, ended);
  };
  try {
    return { port: await listeningPort(child, program, state), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listeningPort(
  child: ChildProcess,
  program: Program,
  state: StateFolder,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const tail: string[] = [];
  const fail = (what: string): void =>
    reject(new Error(`${program.command.join(' ')} ${what}:\n${tail.slice(-20).join('\n')}`));
  const onLine = (line: string): void => {
    state.log(line);
    tail.push(line);
    const match = program.listening.exec(line);
    if (match !== null) resolve(match[1] ?? '');
  };
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream as Readable }).on('line', onLine);
  child.once('error', (error) => fail(`cannot start (${error.message})`));
  child.once('close', (code, signal) => fail(`ended with ${code ?? signal}`));
  const timer = setTimeout(() => fail('does not listen'), START_LIMIT_MS);
  return promise.finally(() => clearTimeout(timer));
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), TERMINATION_GRACE_MS);
  await ended;
  clearTimeout(timer);
}
