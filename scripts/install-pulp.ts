// Installs Pulp into the cache for optional servers, unless it is there: a minute, 300 MB.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { component, optionalFolder } from '@ameide/local-registries';

const PACKAGES = ['pulpcore==3.123.1', 'pulp-python==3.36.4'];

const folder = optionalFolder('pulp');
if (!existsSync(join(folder, 'bin/pulpcore-api'))) {
  mkdirSync(dirname(folder), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  run('python3', ['-m', 'venv', folder]);
  run(join(folder, 'bin/python'), ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
}
const { available, install } = component('pulp');
if (!available) {
  console.error(`Pulp needs a PostgreSQL to start: ${install}`);
  process.exitCode = 1;
}

function run(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status === 0) return;
  // A half of an installation would look like one.
  rmSync(folder, { recursive: true, force: true });
  throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
}
