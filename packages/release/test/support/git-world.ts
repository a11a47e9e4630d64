import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openRepository, type Repository } from '@ameide/publisher-kit';
import { onTestFinished } from 'vitest';

/** A git repository of this test alone. */
export interface GitWorld {
  readonly directory: string;
  git(...args: string[]): string;
  write(path: string, text: string): void;
  /** Commits everything at a fixed time and returns the SHA. */
  commit(message?: string, time?: string): string;
  /** Opened now: it shows the tags of now. Closed with the test. */
  open(directory?: string): Promise<Repository>;
}

const WHO = {
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

export const CANONICAL = 'packages/sdk/package.json';
const TIME = '2025-11-13T16:32:11+01:00';

/** A repository with one commit, whose canonical file says 0.1.0. Removed with the test. */
export function createGitWorld(): GitWorld {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'ameide-release-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const git = (...args: string[]): string => runGit(directory, args);
  git('init', '--quiet', '--initial-branch=main');
  const world: GitWorld = {
    directory,
    git,
    write(path, text) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    },
    commit(message = 'a commit', time = TIME) {
      git('add', '--all');
      runGit(directory, ['commit', '--quiet', '--allow-empty', '-m', message], {
        GIT_AUTHOR_DATE: time,
        GIT_COMMITTER_DATE: time,
      });
      return git('rev-parse', 'HEAD');
    },
    async open(at = directory) {
      const repository = await openRepository(at);
      onTestFinished(() => repository.close());
      return repository;
    },
  };
  world.write(CANONICAL, '{ "name": "@example/sdk", "version": "0.1.0" }\n');
  world.commit('the first commit');
  return world;
}

export function runGit(
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string {
  const { PATH = '' } = process.env;
  return execFileSync('git', args, {
    cwd: directory,
    env: { PATH, HOME: directory, ...WHO, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}
