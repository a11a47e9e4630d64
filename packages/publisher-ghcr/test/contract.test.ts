import {
  createInterceptor,
  type RunningOciRegistry,
  startCraneRegistry,
  startDistribution,
  startDockerRegistry,
  startOciRegistry,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import {
  type ContractOptions,
  type ContractWorld,
  contractRepository,
  publisherContract,
} from '@ameide/publisher-kit/contract';
import { type GhcrOptions, ghcr } from '../src/index.ts';
import { worldOf } from './registry-world.ts';

const WRONG = 'wrong-token-6d1f0c2b9a';

async function setUp(
  start: () => Promise<RunningOciRegistry>,
  platform: NonNullable<GhcrOptions['platform']>,
): Promise<ContractWorld> {
  const { intercept, options } = createInterceptor();
  const world = await worldOf(await start(), options);
  const repository = await contractRepository(
    { 'sdk/index.js': 'export {};\n', 'sdk/package.json': '{}\n' },
    { marker: 'sdk/COMMIT.txt' },
  );
  return {
    ...repository,
    intercept,
    definition: (token) =>
      ghcr(world.options({ platform, ...(token === 'right' ? {} : { token: WRONG }) })),
    secrets: [world.registry.password === '' ? 'unused-secret' : world.registry.password, WRONG],
    mutations: () => world.proxy.mutating().length,
    snapshot: () => world.tags(),
    idle: () => world.proxy.idle(),
    lines: () => world.proxy.requests.map((request) => JSON.stringify(request)),
    async close() {
      await world[Symbol.asyncDispose]();
      await repository[Symbol.asyncDispose]();
    },
  };
}

function contract(
  name: string,
  start: () => Promise<RunningOciRegistry>,
  options?: ContractOptions,
  platform: NonNullable<GhcrOptions['platform']> = 'linux/amd64',
): void {
  publisherContract(name, () => setUp(start, platform), options);
}

contract('ghcr on a registry with bearer tokens', () => startOciRegistry());

needs('distribution')('distribution 3', () => {
  contract('ghcr, an index', () => startDistribution(), { timeoutMs: 180_000 }, ['linux/amd64']);
});

// The slow cases show the same wherever a registry keeps to its protocol.
const ABOVE = 'run at the two above';
const SLOW = { stopped: ABOVE, hidden: ABOVE, 'removal-stopped': ABOVE };

contract(
  'ghcr on a registry with Basic authentication',
  () => startOciRegistry({ auth: 'basic' }),
  { except: SLOW },
);

needs('docker-registry')('docker-registry', () => {
  contract('ghcr', () => startDockerRegistry(), { except: SLOW });
});

needs('ocireg')('go-containerregistry', () => {
  contract('ghcr', () => startCraneRegistry(), {
    except: {
      ...SLOW,
      'wrong-token': 'this registry needs no token',
      'removal-wrong-token': 'this registry needs no token',
    },
  });
});
