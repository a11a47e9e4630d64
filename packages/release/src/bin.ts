#!/usr/bin/env node
import { main } from './cli/program.ts';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort(new Error(`stopped by ${name}`)));

process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  signal: stop.signal,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  exit: () => undefined,
});
