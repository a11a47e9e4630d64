import { execFile } from 'node:child_process';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ifThere } from '../atomic-file.ts';

const run = promisify(execFile);

/** Serves a repository as GitHub does, without background work that would outlive the host. */
const SETTINGS = {
  'http.receivepack': 'true',
  'uploadpack.allowFilter': 'true',
  'uploadpack.allowReachableSHA1InWant': 'true',
  'receive.fsckObjects': 'true',
  'core.logAllRefUpdates': 'always',
  'receive.autogc': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
} as const;

/**
 * Returns the whole environment of this host's git processes: only our PATH, and no configuration
 * except the repository's.
 */
export function gitEnvironment(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_COMMITTER_NAME: 'git host',
    GIT_COMMITTER_EMAIL: 'git@localhost',
  };
}

/** Creates an empty bare repository with default branch `main`, unless it exists. */
export async function createBareRepository(directory: string, home: string): Promise<void> {
  if (await isRepository(directory)) return;
  await mkdir(directory, { recursive: true });
  const env = gitEnvironment(home);
  await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', directory], { env });
  for (const [key, value] of Object.entries(SETTINGS))
    await run('git', ['-C', directory, 'config', key, value], { env });
}

export async function isRepository(directory: string): Promise<boolean> {
  return (await ifThere(access(join(directory, 'HEAD')).then(() => true))) ?? false;
}

let executables: Promise<string> | undefined;

/**
 * Returns the folder of git's own programs. `git http-backend` would be a child of `git` and would
 * survive when that is killed.
 */
export function execPath(): Promise<string> {
  executables ??= run('git', ['--exec-path']).then(({ stdout }) => stdout.trim());
  return executables;
}
