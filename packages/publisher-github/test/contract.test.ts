import { createInterceptor } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import {
  type ContractWorld,
  contractRepository,
  publisherContract,
} from '@ameide/publisher-kit/contract';
import { expect } from 'vitest';
import { github } from '../src/index.ts';
import { FILES, githubWorld } from './github-world.ts';

const WRONG = 'ghp_wrong0123456789abcdef';

async function setUp(immutableReleases: boolean): Promise<ContractWorld> {
  const repository = await contractRepository(FILES, { marker: 'config/COMMIT.txt' });
  const { intercept, options } = createInterceptor();
  const world = await githubWorld(repository.directory, options);
  await world.github.createRepository('ameideio/ameide', { immutableReleases });
  return {
    ...repository,
    releasesOnly: true,
    intercept,
    definition: (token) => github(world.options(token === 'right' ? {} : { token: WRONG })),
    secrets: [world.github.token, WRONG],
    mutations: () => world.proxy.mutating().length,
    idle: () => world.proxy.idle(),
    snapshot: () => world.snapshot(),
    lines: () => world.proxy.requests.map((request) => JSON.stringify(request)),
    async close() {
      // GitHub's own document knows every request that was sent.
      expect(world.github.violations()).toEqual([]);
      await world[Symbol.asyncDispose]();
      await repository[Symbol.asyncDispose]();
    },
  };
}

needs('git')('the publisher of GitHub releases', () => {
  publisherContract('github', () => setUp(false));
  publisherContract('github with immutable releases', () => setUp(true));
});
