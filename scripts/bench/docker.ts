import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A separate Docker Engine, so that no image is left in the user's. */
export interface Engine extends AsyncDisposable {
  /** DOCKER_HOST. If dockerd is missing or does not start, nobody answers at that address. */
  readonly environment: Readonly<Record<string, string>>;
}

const STARTS_WITHIN_MS = 30_000;

/** Starts dockerd with its files below `folder`. Needs dockerd, and root. */
export async function startDocker(folder: string): Promise<Engine> {
  const home = join(folder, 'engine');
  const socket = join(home, 'docker.sock');
  await mkdir(home);
  // The images are made from scratch, so they need no network; vfs works on any file system.
  const options = ['--iptables=false', '--bridge=none', '--storage-driver=vfs'];
  const folders = ['--data-root', join(home, 'data'), '--exec-root', join(home, 'exec')];
  const files = ['--pidfile', join(home, 'pid'), '--host', `unix://${socket}`];
  // In its own process group, so that Ctrl-C does not end it before the programs that use it.
  const child = spawn('dockerd', [...options, ...folders, ...files], {
    stdio: 'ignore',
    detached: true,
  });
  const ended = once(child, 'exit').catch(() => undefined);
  const deadline = performance.now() + STARTS_WITHIN_MS;
  while (!existsSync(socket) && child.exitCode === null && performance.now() < deadline)
    await sleep(100);
  return {
    environment: { DOCKER_HOST: `unix://${socket}` },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
