import { type ContractOptions, publisherContract } from '@ameide/publisher-kit/contract';
import { type Bundle, ok } from '@ameide/versioning-core';
import { npm } from '../src/npm.ts';
import { contractWorld } from './support/contract-world.ts';
import { REGISTRIES } from './support/registries.ts';

const KEEPS = "it does not unpublish by npm's protocol";

for (const [product, start] of Object.entries(REGISTRIES)) {
  const keeps = { 'removal-wrong-token': KEEPS, remove: KEEPS, 'removal-stopped': KEEPS };
  const options: ContractOptions = product === 'verdaccio' ? {} : { except: keeps };
  publisherContract(
    `npm({ directory }) at ${product}`,
    async () =>
      contractWorld(await start(), '@x/sdk', (target) =>
        npm({ directory: 'packages/sdk', ...target }),
      ),
    options,
  );
}

publisherContract(
  'npm.bundle(name)',
  async () =>
    contractWorld(await REGISTRIES.verdaccio(), '@x/configuration', (options) => {
      const carrier = npm.bundle('@x/configuration', options);
      return { label: carrier.label, open: async (source) => carrier.open(source, bundle) };
    }),
  { except: { 'removal-stopped': 'run at verdaccio above' } },
);

const bundle: Bundle = {
  name: 'configuration',
  description: 'Settings.',
  files: async ({ sha }) =>
    ok([{ path: 'dev/settings.json', content: Buffer.from(JSON.stringify({ sha })) }]),
};
