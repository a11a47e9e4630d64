import { startGitHost } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { serverSuite } from './servers.ts';

needs('git', 'go')('git http-backend: a mirrored module and one in place', () => {
  serverSuite(async () => {
    const host = await startGitHost();
    return {
      ...host,
      owner: 'acme',
      create: (name) => host.createRepository(`acme/${name}`),
      stop: () => host.stop(),
    };
  });
});
