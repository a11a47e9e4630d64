import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startGitHost, startRecordingProxy } from '@ameide/local-registries';
import type { ContractWorld } from '@ameide/publisher-kit/contract';
import { contractRepository } from '@ameide/publisher-kit/contract';
import { goModule } from '../src/index.ts';

const run = promisify(execFile);

export const WRONG = 'git_local_wrong_token_0000000000000000';
export const MODULE = 'github.com/ameideio/ameide-sdk-go';
export const FILES = {
  'packages/sdk/go.mod': `module ${MODULE}\n\ngo 1.22\n`,
  'packages/sdk/sdk.go': 'package ameide\n\n// Answer is what the tests ask for.\nconst Answer = 42\n',
  'README.md': 'Not part of the module.\n',
};

/** The refs and objects of a bare repository: what a push could have changed. */
export async function refsOf(directory: string): Promise<string[]> {
  const { stdout } = await run('git', ['--git-dir', directory, 'for-each-ref', '--format=%(objectname) %(refname)']);
  return stdout.split('\n').filter((line) => line !== '');
}

/** A source repository, and an empty mirror for its module on a git host behind a recording proxy. */
export async function mirrorWorld(): Promise<ContractWorld & { readonly url: string; readonly token: string; readonly bare: string }> {
  const host = await startGitHost({ repositories: ['ameideio/ameide-sdk-go'] });
  const proxy = await startRecordingProxy(host.url);
  const repository = await contractRepository(FILES, { marker: 'packages/sdk/COMMIT.txt' });
  const url = `${proxy.url}/ameideio/ameide-sdk-go.git`;
  const bare = host.path('ameideio/ameide-sdk-go');
  return {
    ...repository,
    url,
    bare,
    token: host.token,
    definition: (token) =>
      goModule({ directory: 'packages/sdk', mirror: url, user: host.user, token: token === 'right' ? host.token : WRONG }),
    secrets: [host.token, WRONG],
    mutations: () => proxy.mutating().length,
    snapshot: () => refsOf(bare),
    async close() {
      await Promise.all([proxy.stop(), host.stop(), repository[Symbol.asyncDispose]()]);
    },
  };
}
