import { stat } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { InvalidInputError } from '@ameide/versioning-core';
import { createRedactor } from '../secret/redactor.ts';
import { Secret } from '../secret/secret.ts';
import { secretVariables } from '../secret/secret-variables.ts';
import { ask } from './ask.ts';
import { allowedEnvironment } from './environment.ts';
import { observed } from './observed.ts';
import type { Command, Processes, ProcessResult } from './processes.ts';
import { describeResult } from './result.ts';
import { trustedEnvironment } from './trusted-path.ts';
import { findProgram } from './which.ts';

export interface ProcessPorts {
  /** The source of the allow-listed variables. Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /**
   * Milliseconds between asking a program to end (SIGTERM) and killing it (SIGKILL). Default 5000.
   */
  readonly graceMs?: number;
}

/** Creates the real `Processes`, based on execa. */
export function createProcesses(ports: ProcessPorts = {}): Processes {
  const base = ports.env ?? process.env;
  return {
    run: (command) => run(command, base, ports.graceMs ?? 5000),
    which: async (program, { trusted = false } = {}) =>
      trusted ? findTrusted(program, allowedEnvironment(base)) : findProgram(program, base),
  };
}

async function run(
  command: Command,
  own: NodeJS.ProcessEnv,
  graceMs: number,
): Promise<ProcessResult> {
  command.signal?.throwIfAborted();
  const secrets = [
    ...Object.values(command.env ?? {}).filter((value) => value instanceof Secret),
    ...(command.secrets ?? []),
  ];
  // A child does not get this process's secrets, but may find the same ones in a file or the network.
  const redactor = createRedactor([...secrets, ...[...secretVariables(own).values()].flat()]);
  assertArguments(command.argv, secrets);

  const environment = { ...allowedEnvironment(own), ...revealed(command.env) };
  const trusted = await trustedCommand(command, environment);
  const given = command.trust === 'all' ? trustedEnvironment(environment) : environment;
  const ended = await observed(command.argv, redactor, async () => {
    if (command.isQuestion === true) return ask(trusted, given);
    const { spawn } = await import('./spawn.ts');
    return spawn(trusted, given, redactor, graceMs);
  });
  if (ended.code === 'ENOENT') await assertDirectory(command.cwd);
  if (ended.code === 'E2BIG')
    throw new InvalidInputError({
      field: 'argv',
      expected: 'arguments that fit the limits of the system',
    });
  return describeResult(command.argv, ended, redactor);
}

/** Names a trusted program by its absolute path; if there is none, by a path that does not exist. */
async function trustedCommand(
  command: Command,
  environment: Readonly<Record<string, string>>,
): Promise<Command> {
  if (command.trust === undefined) return command;
  const [program, ...args] = command.argv;
  return { ...command, argv: [(await findTrusted(program, environment)) ?? NOWHERE, ...args] };
}

const NOWHERE = join(devNull, 'nowhere');

async function findTrusted(
  program: string,
  environment: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  return findProgram(program, trustedEnvironment(environment));
}

function revealed(env: Command['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env ?? {}).map(([name, value]) => [
      name,
      value instanceof Secret ? value.reveal() : value,
    ]),
  );
}

/**
 * Throws if an argument contains a secret, because every user of the machine can see arguments. The
 * error leaves the argument out.
 */
function assertArguments(argv: Command['argv'], secrets: readonly Secret[]): void {
  if (argv[0] === '' || argv.some((argument) => argument.includes('\0'))) {
    throw new InvalidInputError({
      field: 'argv',
      expected: 'a program and arguments without NUL characters',
    });
  }
  const redactor = createRedactor(secrets);
  if (argv.some((argument) => redactor.redact(argument) !== argument)) {
    throw new InvalidInputError({
      field: 'argv',
      expected: 'no secrets among the arguments',
      hint: 'Pass it in env or input.',
    });
  }
}

/** Needed because the system reports a missing folder like a missing program. */
async function assertDirectory(cwd: string): Promise<void> {
  const found = await stat(cwd).catch(() => undefined);
  if (found?.isDirectory() !== true)
    throw new InvalidInputError({ field: 'cwd', received: cwd, expected: 'an existing folder' });
}
