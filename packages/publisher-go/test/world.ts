import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startGitHost, startRecordingProxy } from '@ameide/local-registries';
import { type ContractWorld, contractRepository } from '@ameide/publisher-kit/contract';
import { type GoModuleOptions, goModule } from '../src/index.ts';

const run = promisify(execFile);

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
 * A source repository whose branch has been pushed to its home: a dev build is there as soon as
 * that is done.
 */
export function inPlaceWorld(): Promise<ContractWorld> {
  return world(
    (remote) => ({ remote }),
    async (directory, bare) =>
      void (await run('git', ['-C', directory, 'push', '--quiet', bare, 'main'])),
  );
}

/** A git host behind a recording proxy. */
async function world(
  place: (url: string) => Pick<GoModuleOptions, 'mirror' | 'remote'>,
  prepare?: (directory: string, bare: string) => Promise<void>,
): Promise<ContractWorld> {
  const host = await startGitHost({ repositories: ['ameideio/ameide-sdk-go'] });
  const proxy = await startRecordingProxy(host.url);
  const repository = await contractRepository(FILES, { marker: 'packages/sdk/COMMIT.txt' });
  const url = `${proxy.url}/ameideio/ameide-sdk-go.git`;
  const bare = host.path('ameideio/ameide-sdk-go');
  await prepare?.(repository.directory, bare);
  return {
    ...repository,
    definition: (token) =>
      goModule({
        directory: 'packages/sdk',
        ...place(url),
        user: host.user,
        token: token === 'right' ? host.token : WRONG,
      }),
    secrets: [host.token, WRONG],
    mutations: () => proxy.mutating().length,
    snapshot: async () =>
      (await run('git', ['--git-dir', bare, 'for-each-ref'])).stdout.split('\n'),
    async close() {
      await Promise.all([proxy.stop(), host.stop(), repository[Symbol.asyncDispose]()]);
    },
  };
}
