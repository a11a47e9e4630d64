import { createInterceptor, startPythonIndex, startRecordingProxy } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import {
  type ContractWorld,
  contractRepository,
  publisherContract,
} from '@ameide/publisher-kit/contract';
import { pypi } from '../src/index.ts';
import { PROJECT, stubBuilder } from './world.ts';

const ACCEPT = { headers: { accept: 'application/vnd.pypi.simple.v1+json' } };

needs('git', 'uv')('the Python publisher', () => {
  // With real builds: the contract looks at their bytes, their environment and their command lines.
  publisherContract('pypi', () => world(false), { timeoutMs: 120_000, except: FAULTS });
  publisherContract('pypi with local versions', () => world(true));
});

const elsewhere = 'below, where a build takes no time';
const FAULTS = {
  'too-many-requests': elsewhere,
  hidden: elsewhere,
  stopped: elsewhere,
  'two-runs': elsewhere,
  'two-commits': elsewhere,
};

async function world(localVersions: boolean): Promise<ContractWorld> {
  const repository = await contractRepository(PROJECT, { marker: 'sdk/src/ameide_sdk/COMMIT.txt' });
  const index = await startPythonIndex({ localVersions });
  const { intercept, options } = createInterceptor();
  const proxy = await startRecordingProxy(index.url, options);
  const wrong = 'pypi-wrong-0123456789abcdef';
  return {
    ...repository,
    intercept,
    definition: (token) =>
      pypi({
        directory: 'sdk',
        uploadUrl: `${proxy.url}/legacy/`,
        simpleUrl: `${proxy.url}/simple/`,
        token: token === 'right' ? index.token : wrong,
        localVersions,
        ...(localVersions ? { ports: { processes: stubBuilder() } } : {}),
      }),
    secrets: [index.token, wrong],
    mutations: () => proxy.mutating().length,
    idle: () => proxy.idle(),
    snapshot: async () => {
      const response = await fetch(`${index.simpleUrl}ameide-sdk/`, ACCEPT);
      return response.status === 404 ? [] : response.json();
    },
    lines: () => proxy.requests.map((request) => JSON.stringify(request)),
    async close() {
      await proxy.stop();
      await index.stop();
      await repository[Symbol.asyncDispose]();
    },
  };
}
