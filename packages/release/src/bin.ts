#!/usr/bin/env node
import { keepCompiled } from './cli/compile-cache.ts';
import type { CliEnvironment } from './cli/environment.ts';
import { nodeTooOld } from './cli/node-version.ts';
import { stopOnSignals } from './cli/signals.ts';
import { createTerminal } from './cli/terminal.ts';
import { createTextWriter, redirect } from './cli/text-writer.ts';

const tooOld = nodeTooOld(process.versions.node);
if (tooOld !== undefined) {
  process.stderr.write(`${tooOld}\n`);
  process.exit(2);
}

/** As in the table of exit codes: running it again is safe. */
const INCOMPLETE = 3;
const FAULT = 70;

const argv = process.argv.slice(2);

// A reader that closes the pipe (`| head`) must not end a publish half-way. The exit code still
// reports the result.
const stdout = createTextWriter(process.stdout);
const stderr = createTextWriter(process.stderr);
const shared = process.stderr.isTTY ? createTerminal(process.stderr, stderr.print) : undefined;
let flushes: readonly (() => void)[] = [];
const world: CliEnvironment = {
  env: process.env,
  signal: stopOnSignals(argv),
  stdout: shared?.above(stdout.print) ?? stdout.print,
  stderr: shared?.above(stderr.print) ?? stderr.print,
  ...(shared === undefined ? {} : { terminal: shared.terminal }),
  stdin: readStdin,
  keyboard: () => (process.stdin.isTTY ? process.stdin : undefined),
  redirectOutput(print) {
    flushes = [process.stdout, process.stderr].map((stream) => redirect(stream, print));
  },
};

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
