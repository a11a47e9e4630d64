import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder that goes when the test ends. */
export async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'local-registries-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/**
 * Runs a real client in `cwd` with nothing of our environment but PATH. Asynchronous: the servers
 * live in this process.
 */
export function client(
  cwd: string,
  env: NodeJS.ProcessEnv,
  file: string,
  ...args: readonly string[]
): Promise<Outcome> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  const child = spawn(file, args, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.once('error', reject).once('close', (code) => resolve({ code, stdout, stderr }));
  return promise;
}
