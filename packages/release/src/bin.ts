#!/usr/bin/env node
import { constants } from 'node:os';
import { nodeTooOld } from './cli/node-version.ts';

const tooOld = nodeTooOld(process.versions.node);
if (tooOld !== undefined) {
  process.stderr.write(`${tooOld}\n`);
  process.exit(2);
}

/**
 * A terminal's Ctrl-C may arrive twice at once: from the terminal, and from the package manager
 * that started this program.
 */
const ONE_SIGNAL_MS = 1000;
const stop = new AbortController();
let stoppedAt = 0;
// Kept for the whole run: without a listener of ours, the one that execa sets for its children
// would end this program at once.
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (!stop.signal.aborted) {
      stoppedAt = performance.now();
      stop.abort(new Error(`stopped by ${name}`));
    } else if (performance.now() - stoppedAt > ONE_SIGNAL_MS) {
      // What hangs may never notice the first one: a release definition that waits for something,
      // for example.
      process.exit(128 + constants.signals[name]);
    }
  });
}

// A reader that goes away (`| head`) must not end a publish half-way. The exit code still says how it
// went.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const { main } = await import('./cli/program.ts');
const code = await main(process.argv.slice(2), {
  env: process.env,
  signal: stop.signal,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
});
await Promise.all([written(process.stdout), written(process.stderr)]);
// A definition may leave a timer or a socket behind; the run is over all the same.
process.exit(code);

async function written(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return;
  await new Promise((resolve) => {
    for (const event of ['drain', 'error', 'close']) stream.once(event, resolve);
  });
}
