#!/usr/bin/env node
import { nodeTooOld } from './cli/node-version.ts';

const stop = new AbortController();
// Kept for the whole run: without a listener of ours, the one that execa sets for its children would end this program at once.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort(new Error(`stopped by ${name}`)));

// A reader that goes away (`| head`) must not end a publish half-way; the exit code still tells how it went.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const tooOld = nodeTooOld(process.versions.node);
if (tooOld !== undefined) {
  process.stderr.write(`${tooOld}\n`);
  process.exit(2);
}
const { main } = await import('./cli/program.ts');

process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  signal: stop.signal,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  exit: () => undefined,
});
