import { needs } from '@ameide/local-registries/components';
import { publisherContract } from '@ameide/publisher-kit/contract';
import { npm } from '../src/npm.ts';
import { clientSuite } from './support/client-suite.ts';
import { contractWorld } from './support/contract-world.ts';
import { startGiteaNpm } from './support/registries.ts';

// A real registry that has no page of one version and drops `gitHead`.
needs('gitea')('Gitea', () => {
  publisherContract('npm({ directory }) at Gitea', async () =>
    contractWorld(await startGiteaNpm(), '@x/sdk', (options) =>
      npm({ directory: 'packages/sdk', ...options }),
    ),
  );
  clientSuite(startGiteaNpm);
});
