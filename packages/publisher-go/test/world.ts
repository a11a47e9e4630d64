import { createInterceptor, recorded, startGitHost } from '@ameide/local-registries';
import { type ContractWorld, contractRepository } from '@ameide/publisher-kit/contract';
import { runGit } from '@ameide/publisher-kit/testing';
import { type GoModuleOptions, goModule } from '../src/index.ts';

const WRONG = 'git_local_wrong_token_0000000000000000';
const FILES = {
  'packages/sdk/go.mod': 'module github.com/ameideio/ameide-sdk-go\n\ngo 1.22\n',
  'packages/sdk/sdk.go':
    'package ameide\n\n// Answer is what the tests ask for.\nconst Answer = 42\n',
  'README.md': 'Not part of the module.\n',
};

/** A source repository, and an empty mirror for its module. */
export function mirrorWorld(): Promise<ContractWorld> {
  return world((mirror) => ({ mirror }));
}

/**
 * A source repository whose branch has been pushed: a dev build is there as soon as that is done.
 */
export function inPlaceWorld(): Promise<ContractWorld> {
  return world(
    (remote) => ({ remote }),
    (directory, bare) => void runGit(directory, ['push', '--quiet', bare, 'main']),
  );
}

/** A git host behind a recording proxy. */
async function world(
  remote: (url: string) => Pick<GoModuleOptions, 'mirror' | 'remote'>,
  prepare?: (directory: string, bare: string) => void,
): Promise<ContractWorld> {
  const { intercept, options } = createInterceptor();
  const host = startGitHost({ repositories: ['ameideio/ameide-sdk-go'] });
  const running = await recorded(host, options);
  const { proxy, registry } = running;
  const repository = await contractRepository(FILES, { marker: 'packages/sdk/COMMIT.txt' });
  const url = `${proxy.url}/ameideio/ameide-sdk-go.git`;
  const bare = registry.path('ameideio/ameide-sdk-go');
  prepare?.(repository.directory, bare);
  return {
    ...repository,
    intercept,
    definition: (token) =>
      goModule({
        directory: 'packages/sdk',
        ...remote(url),
        user: registry.user,
        token: token === 'right' ? registry.token : WRONG,
      }),
    secrets: [registry.token, WRONG],
    mutations: () => proxy.mutating().length,
    idle: () => proxy.idle(),
    snapshot: async () => runGit(bare, ['for-each-ref']).split('\n'),
    async close() {
      await Promise.all([running, repository].map((one) => one[Symbol.asyncDispose]()));
    },
  };
}
