#!/usr/bin/env node
import { main } from './cli/program.ts';

const stop = new AbortController();
// Kept for the whole run: without a listener of ours, the one that execa sets for its children would end this program at once.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort(new Error(`stopped by ${name}`)));

// A reader that goes away (`| head`) must not end a publish half-way; the exit code still tells how it went.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  signal: stop.signal,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  exit: () => undefined,
});
