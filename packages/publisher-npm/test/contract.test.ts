import { createInterceptor, readPackage } from '@ameide/local-registries';
import { contractRepository, publisherContract } from '@ameide/publisher-kit/contract';
import { type Bundle, ok, type PublisherDefinition } from '@ameide/versioning-core';
import { npm } from '../src/npm.ts';
import { startWorld } from './support/world.ts';

const FILES = {
  'package.json': '{ "name": "root", "private": true }\n',
  'pnpm-workspace.yaml': "packages: ['packages/*']\ncatalog: { semver: ^7.0.0 }\n",
  'packages/base/package.json': '{ "name": "@contract/base", "version": "1.2.3" }\n',
  'packages/sdk/package.json': `${JSON.stringify({
    name: '@contract/sdk',
    version: '0.1.0',
    type: 'module',
    exports: { '.': './index.js' },
    dependencies: { '@contract/base': 'workspace:^', semver: 'catalog:' },
  })}\n`,
  'packages/sdk/index.js': 'export const answer = 42;\n',
  'packages/sdk/README.md': '# sdk\n',
};

async function world(
  name: string,
  definition: (options: { registry: string; token: string }) => PublisherDefinition,
) {
  const repository = await contractRepository(FILES, { marker: 'packages/sdk/COMMIT.txt' });
  const { intercept, options } = createInterceptor();
  const running = await startWorld(options);
  const wrong = 'npm_wrong_0123456789';
  return {
    ...repository,
    intercept,
    definition: (token: 'right' | 'wrong') =>
      definition({
        registry: running.proxy.url,
        token: token === 'right' ? running.registry.token : wrong,
      }),
    secrets: [running.registry.token, wrong],
    mutations: () => running.proxy.mutating().length,
    snapshot: async () => readPackage(running.registry.url, name),
    close: async () => {
      await running[Symbol.asyncDispose]();
      await repository[Symbol.asyncDispose]();
    },
  };
}

publisherContract('npm({ directory })', async () =>
  world('@contract/sdk', (options) => npm({ directory: 'packages/sdk', ...options })),
);

publisherContract('npm.bundle(name)', async () =>
  world('@contract/configuration', (options) => {
    const carrier = npm.bundle('@contract/configuration', options);
    return { label: carrier.label, open: async (source) => carrier.open(source, bundle) };
  }),
);

const bundle: Bundle = {
  name: 'configuration',
  description: 'Settings.',
  files: async ({ sha }) =>
    ok([{ path: 'dev/settings.json', content: Buffer.from(JSON.stringify({ sha })) }]),
};
