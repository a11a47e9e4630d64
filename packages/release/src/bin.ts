#!/usr/bin/env node
import { constants } from 'node:os';
import { nodeTooOld } from './cli/node-version.ts';

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
// The run is over, even if a definition left a timer or a socket open.
process.exit(code);

async function written(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return;
  await new Promise((resolve) => {
    for (const event of ['drain', 'error', 'close']) stream.once(event, resolve);
  });
}
