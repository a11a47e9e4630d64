#!/usr/bin/env node
import { constants } from 'node:os';
import { keepCompiled } from './cli/compile-cache.ts';
import type { CliEnvironment } from './cli/environment.ts';
import { nodeTooOld } from './cli/node-version.ts';
import { createTerminal } from './cli/terminal.ts';
import { createTextWriter, redirect } from './cli/text-writer.ts';

const tooOld = nodeTooOld(process.versions.node);
if (tooOld !== undefined) {
  process.stderr.write(`${tooOld}\n`);
  process.exit(2);
}

/**
 * One Ctrl-C may send two signals at once: one from the terminal, one from the package manager that
 * started this program.
 */
const ONE_SIGNAL_MS = 1000;
/** As in the table of exit codes: running it again is safe. */
const INCOMPLETE = 3;
const FAULT = 70;

const stop = new AbortController();
let stoppedAt = 0;
// Stays for the whole run. Without our own listener, the listener that execa sets for its children
// would end this program at once.
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (!stop.signal.aborted) {
      stoppedAt = performance.now();
      stop.abort(new Error(`stopped by ${name}`));
    } else if (performance.now() - stoppedAt > ONE_SIGNAL_MS) {
      // Hanging code may never react to the first signal, for example a definition that waits for
      // something.
      process.exit(128 + constants.signals[name]);
    }
  });
}

// A reader that closes the pipe (`| head`) must not end a publish half-way. The exit code still
// reports the result.
const stdout = createTextWriter(process.stdout);
const stderr = createTextWriter(process.stderr);
const shared = process.stderr.isTTY ? createTerminal(process.stderr, stderr.print) : undefined;
let flushes: readonly (() => void)[] = [];
const world: CliEnvironment = {
  env: process.env,
  signal: stop.signal,
  stdout: shared?.above(stdout.print) ?? stdout.print,
  stderr: shared?.above(stderr.print) ?? stderr.print,
  ...(shared === undefined ? {} : { terminal: shared.terminal }),
  stdin: readStdin,
  keyboard: () => (process.stdin.isTTY ? process.stdin : undefined),
  redirectOutput(print) {
    flushes = [process.stdout, process.stderr].map((stream) => redirect(stream, print));
  },
};
const argv = process.argv.slice(2);

async function readStdin(): Promise<Uint8Array | undefined> {
  if (process.stdin.isTTY) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of process.stdin) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}

// Of a definition that leaves a promise behind. Without this, Node would print the error as it is,
// with any secret in it, and exit with a code that says nothing.
process.on('uncaughtException', (error) => void crashed(error));
keepCompiled(process.env);
const { main } = await import('./cli/program.ts');
await exit(await main(argv, world));

async function crashed(error: Error): Promise<void> {
  try {
    const { crash } = await import('./cli/crash.ts');
    await exit(await crash(error, argv, world));
  } catch {
    process.stderr.write(
      'A part of ameide-release cannot be loaded. Install it again; running the command again is safe.\n',
    );
    process.exit(FAULT);
  }
}

/** The run is over, even if a definition left a timer or a socket open. */
async function exit(code: number): Promise<void> {
  for (const flush of flushes) flush();
  shared?.terminal.setArea(undefined);
  await stdout.end();
  const unwritten = stdout.failure();
  if (unwritten !== undefined)
    void stderr.print(`The result could not be written: ${unwritten.message}\n`);
  await stderr.end();
  process.exit(code === 0 && unwritten !== undefined ? INCOMPLETE : code);
}
