import { publisherContract } from '@ameide/publisher-kit/contract';
import { type Bundle, ok } from '@ameide/versioning-core';
import { npm } from '../src/npm.ts';
import { contractWorld } from './support/contract-world.ts';
import { REGISTRIES } from './support/registries.ts';

for (const [product, start] of Object.entries(REGISTRIES)) {
  publisherContract(`npm({ directory }) at ${product}`, async () =>
    contractWorld(await start(), '@x/sdk', (options) =>
      npm({ directory: 'packages/sdk', ...options }),
    ),
  );
}

publisherContract('npm.bundle(name)', async () =>
  contractWorld(await REGISTRIES.verdaccio(), '@x/configuration', (options) => {
    const carrier = npm.bundle('@x/configuration', options);
    return { label: carrier.label, open: async (source) => carrier.open(source, bundle) };
  }),
);

const bundle: Bundle = {
  name: 'configuration',
  description: 'Settings.',
  files: async ({ sha }) =>
    ok([{ path: 'dev/settings.json', content: Buffer.from(JSON.stringify({ sha })) }]),
};
