import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A Docker Engine of our own, so that no image is left in the user's. */
export interface Engine extends AsyncDisposable {
  /** DOCKER_HOST. Without dockerd, or when it does not start, an address where nobody answers. */
  readonly environment: Readonly<Record<string, string>>;
}

const STARTS_WITHIN_MS = 30_000;

/** Starts dockerd below `folder`, where there is one and we are root. */
export async function startDocker(folder: string): Promise<Engine> {
  const home = join(folder, 'engine');
  const socket = join(home, 'docker.sock');
  await mkdir(home);
  // No network and no overlay are asked of the machine: images come from scratch.
  const options = ['--iptables=false', '--bridge=none', '--storage-driver=vfs'];
  const places = ['--data-root', join(home, 'data'), '--exec-root', join(home, 'exec')];
  const files = ['--pidfile', join(home, 'pid'), '--host', `unix://${socket}`];
  // In a process group of its own: Ctrl-C must not end it before the programs that use it.
  const child = spawn('dockerd', [...options, ...places, ...files], {
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
