import { openRepository } from '@ameide/publisher-kit';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import type { GitWorld } from './git-world.ts';

/** A repository for all tests of a file. Removed by `remove`. */
export interface LastingWorld extends GitWorld {
  remove(): Promise<void>;
}

const TIME = '2025-11-13T16:32:11+01:00';

export function createLastingWorld(): LastingWorld {
  const repository = createTestRepository({ origin: 'https://github.com/example/repository' });
  const { directory } = repository;
  return {
    directory,
    git: (...args) => repository.git(...args),
    write: (path, text) => repository.write(path, text),
    commit(message = 'a commit', time = TIME) {
      repository.git('add', '--all');
      return repository.commit({ message, time, add: false });
    },
    open: async (at = directory) => openRepository(at),
    remove: async () => repository[Symbol.asyncDispose](),
  };
}
