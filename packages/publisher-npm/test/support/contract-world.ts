import { createHttp } from '@ameide/publisher-kit';
import { type ContractWorld, contractRepository } from '@ameide/publisher-kit/contract';
import type { PublisherDefinition } from '@ameide/versioning-core';
import type { NpmPorts } from '../../src/options.ts';
import type { AnyRegistry } from './registries.ts';

const FILES = {
  'package.json': '{ "name": "root", "private": true }\n',
  'pnpm-workspace.yaml': "packages: ['packages/*']\ncatalog: { semver: ^7.0.0 }\n",
  'packages/base/package.json': '{ "name": "@x/base", "version": "1.2.3" }\n',
  'packages/sdk/package.json': `${JSON.stringify({
    name: '@x/sdk',
    version: '0.1.0',
    type: 'module',
    // The short form, which npm publishes in full: Gitea fails on it.
    repository: 'acme/mono',
    exports: { '.': './index.js' },
    dependencies: { '@x/base': 'workspace:^', semver: 'catalog:' },
  })}\n`,
  'packages/sdk/index.js': 'export const answer = 42;\n',
  'packages/sdk/README.md': '# sdk\n',
};

/** Waits pass at once. How long they would be is tested in the kit: pace, retries and Retry-After. */
const sleep = async (): Promise<void> => undefined;

/** The contract's world with the package `@x/sdk` in `packages/sdk`, at any registry. */
export async function contractWorld(
  registry: AnyRegistry,
  name: string,
  definition: (options: {
    registry: string;
    token: string;
    ports: NpmPorts;
  }) => PublisherDefinition,
): Promise<ContractWorld> {
  const repository = await contractRepository(FILES, { marker: 'packages/sdk/COMMIT.txt' });
  const wrong = 'npm_wrong_0123456789';
  return {
    ...repository,
    intercept: registry.intercept,
    definition: (token) =>
      definition({
        registry: registry.url,
        token: token === 'right' ? registry.token : wrong,
        ports: { http: createHttp({ sleep }), sleep },
      }),
    secrets: [registry.token, wrong],
    mutations: () => registry.mutations(),
    idle: async () => registry.idle(),
    snapshot: async () => registry.snapshot(name),
    close: async () => {
      await registry[Symbol.asyncDispose]();
      await repository[Symbol.asyncDispose]();
    },
  };
}
