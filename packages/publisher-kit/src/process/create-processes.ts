import { stat } from 'node:fs/promises';
import { InvalidInputError } from '@ameide/versioning-core';
import { execa } from 'execa';
import { createRedactor, type Redactor } from '../secret/redactor.ts';
import { Secret } from '../secret/secret.ts';
import { allowedEnvironment, passwordsIn } from './environment.ts';
import { createLineReader } from './output.ts';
import type { Command, Processes, ProcessResult } from './processes.ts';
import { describeResult, type Ended } from './result.ts';
import { findProgram } from './which.ts';

export interface ProcessPorts {
  /** Where the allow-listed variables come from. Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
}

const TEN_MINUTES = 600_000;
/** Of each stream. */
const MAX_OUTPUT = 256 * 1024 * 1024;
/** Between asking (SIGTERM) and ending (SIGKILL). */
const GRACE_MS = 5000;

/** The real `Processes`, over execa. */
export function createProcesses(ports: ProcessPorts = {}): Processes {
  const base = ports.env ?? process.env;
  return {
    run: (command) => run(command, allowedEnvironment(base)),
    which: (program) => findProgram(program, base),
  };
}

async function run(command: Command, base: Record<string, string>): Promise<ProcessResult> {
  command.signal?.throwIfAborted();
  const secrets = Object.values(command.env ?? {}).filter((value) => value instanceof Secret);
  const redactor = createRedactor([...secrets, ...passwordsIn(base)]);
  assertArguments(command.argv, secrets);

  const ended = await start(command, { ...base, ...revealed(command.env) }, redactor);
  command.signal?.throwIfAborted();
  if (ended.code === 'ENOENT') await assertDirectory(command.cwd);
  if (ended.code === 'E2BIG') throw new InvalidInputError({ field: 'argv', expected: 'arguments that fit the limits of the system' });
  return describeResult(command.argv, ended, redactor);
}

async function start(command: Command, env: Record<string, string>, redactor: Redactor): Promise<Ended> {
  const [program, ...args] = command.argv;
  const subprocess = execa(program, args, {
    cwd: command.cwd,
    env,
    extendEnv: false,
    shell: false,
    reject: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    maxBuffer: command.maxOutputBytes ?? MAX_OUTPUT,
    timeout: command.timeoutMs ?? TEN_MINUTES,
    // Compilers, package managers and git start programs of their own, which have to end with them.
    killDescendants: true,
    forceKillAfterDelay: GRACE_MS,
    ...(command.signal === undefined ? {} : { cancelSignal: command.signal }),
    // Without input a program that asks a question gets an end of file instead of waiting for ever.
    ...(command.input === undefined ? { stdin: 'ignore' as const } : { input: command.input }),
  });
  const finish = [subprocess.stdout, subprocess.stderr].map((stream) => {
    if (command.onLine === undefined || stream === null) return () => {};
    const lines = createLineReader(redactor, command.onLine);
    stream.on('data', (chunk: Uint8Array) => lines.write(chunk));
    return () => lines.end();
  });
  const ended = await subprocess;
  for (const end of finish) end();
  return ended;
}

function revealed(env: Command['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env ?? {}).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]));
}

/** Arguments are visible to every user of the machine, so a secret in one is a wrong call. Their text is left out of the error. */
function assertArguments(argv: Command['argv'], secrets: readonly Secret[]): void {
  if (argv[0] === '' || argv.some((argument) => argument.includes('\0'))) {
    throw new InvalidInputError({ field: 'argv', expected: 'a program and arguments without NUL characters' });
  }
  const redactor = createRedactor(secrets);
  if (argv.some((argument) => redactor.redact(argument) !== argument)) {
    throw new InvalidInputError({ field: 'argv', expected: 'no secrets among the arguments', hint: 'Hand it over in env or input.' });
  }
}

/** The system reports a missing folder as it does a missing program. */
async function assertDirectory(cwd: string): Promise<void> {
  const found = await stat(cwd).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new InvalidInputError({ field: 'cwd', received: cwd, expected: 'an existing folder' });
}
