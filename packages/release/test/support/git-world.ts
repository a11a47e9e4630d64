import { openRepository, type Repository } from '@ameide/publisher-kit';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { onTestFinished } from 'vitest';

/** A git repository of this test alone. */
export interface GitWorld extends Pick<TestRepository, 'directory' | 'git' | 'write'> {
  /** Commits everything at a fixed time and returns the SHA. */
  commit(message?: string, time?: string): string;
  /** Opened now: it shows the tags of now. Closed with the test. */
  open(directory?: string): Promise<Repository>;
}

export const VERSION_FILE = 'packages/sdk/package.json';
const TIME = '2025-11-13T16:32:11+01:00';

/**
 * A repository with one commit, whose version file says 0.1.0; `origin` is the address that it is a
 * clone of. Removed with the test.
 */
export function createGitWorld(options: { readonly origin?: string } = {}): GitWorld {
  const repository = createTestRepository(options);
  onTestFinished(async () => repository[Symbol.asyncDispose]());
  const { directory } = repository;
  const git = (...args: string[]): string => repository.git(...args);
  const world: GitWorld = {
    directory,
    git,
    write: (path, text) => repository.write(path, text),
    commit(message = 'a commit', time = TIME) {
      // Unlike `commit` of the test repository, it leaves ignored files out.
      git('add', '--all');
      return repository.commit({ message, time, add: false });
    },
    async open(at = directory) {
      const opened = await openRepository(at);
      onTestFinished(async () => opened.close());
      return opened;
    },
  };
  world.write(VERSION_FILE, '{ "name": "@example/sdk", "version": "0.1.0" }\n');
  world.commit('the first commit');
  return world;
}
