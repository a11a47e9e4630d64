import { startGitea } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { serverSuite } from './servers.ts';

needs(
  'gitea',
  'git',
  'go',
)('Gitea: a mirrored module and one in place', () => {
  serverSuite(async () => {
    const gitea = await startGitea();
    return {
      ...gitea,
      owner: gitea.user,
      create: (name) => gitea.createRepository(name),
      stop: () => gitea.stop(),
    };
  });
});
