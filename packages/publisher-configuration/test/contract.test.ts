import { createInterceptor, type RecordingProxyOptions } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import {
  type ContractWorld,
  contractRepository,
  publisherContract,
} from '@ameide/publisher-kit/contract';
import { configuration } from '../src/index.ts';
import {
  type CarrierRegistry,
  type CarrierWorld,
  npmWorld,
  ociWorld,
  pypiWorld,
} from './worlds.ts';

const WRONG = 'wrong-token-41d0f6c3';
const FILES = {
  'packages/configuration/configuration.yaml': 'retries: 3\n',
  'packages/configuration/environments/production.yaml': 'retries: 5\n',
  'packages/configuration/limits.json': '{ "requests": 100 }\n',
};

async function setUp(
  start: (proxying: RecordingProxyOptions) => Promise<CarrierWorld<CarrierRegistry>>,
): Promise<ContractWorld> {
  const { intercept, options } = createInterceptor();
  const world = await start(options);
  const repository = await contractRepository(FILES, {
    marker: 'packages/configuration/COMMIT.txt',
  });
  const { registry, proxy } = world;
  const secrets = ['password' in registry ? registry.password : registry.token, WRONG];
  return {
    ...repository,
    intercept,
    definition(token) {
      const carriers = [world.carrier(token === 'right' ? undefined : WRONG)];
      const [definition] = configuration({ directory: 'packages/configuration', carriers });
      if (definition === undefined) throw new Error('no definition');
      return definition;
    },
    secrets,
    mutations: () => proxy.mutating().length,
    idle: () => proxy.idle(),
    snapshot: async () => world.snapshot(),
    lines: () => proxy.requests.map((request) => JSON.stringify(request)),
    async close() {
      await world[Symbol.asyncDispose]();
      await repository[Symbol.asyncDispose]();
    },
  };
}

needs('git')('each carrier', () => {
  publisherContract('configuration by npm.bundle', async () => setUp(npmWorld));
  publisherContract('configuration by ghcr.bundle', async () => setUp(ociWorld));
  publisherContract('configuration by pypi.bundle', async () => setUp(pypiWorld));
});
