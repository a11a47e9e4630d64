import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, it } from 'vitest';
import { type CheckoutFolder, commitStamped, hideStamped } from '../../src/checkout/stamped.ts';
import { GitError } from '../../src/git/index.ts';
import { createProcesses } from '../../src/process/create-processes.ts';
import { folder, sample } from '../git/sample.ts';
import { gitIn, layOut } from './support.ts';

const processes = createProcesses();

function root({ directory }: { readonly directory: string }): CheckoutFolder {
  return { checkout: directory, directory };
}

needs('git')('hideStamped', () => {
  it('hides changed files from git, by paths relative to a folder of the checkout', async () => {
    using repo = sample();
    repo.write('sdk/a', 'text');
    repo.write('sdk/\u00e9\n"', 'text');
    repo.commit('one');
    using ours = await layOut(repo.directory);
    const names = ['a', '\u00e9\n"'];
    const sdk = join(ours.directory, 'sdk');
    for (const name of names) writeFileSync(join(sdk, name), 'stamped');
    expect(gitIn(ours.directory, 'status', '--porcelain')).not.toBe('');
    await hideStamped({ checkout: ours.directory, directory: sdk }, names, processes);
    expect(gitIn(ours.directory, 'status', '--porcelain')).toBe('');
  });

  it('throws if git cannot hide them, because a build would see the checkout as changed', async () => {
    using repo = sample();
    repo.write('file', 'text');
    repo.commit('one');
    using ours = await layOut(repo.directory);
    await expect(hideStamped(root(ours), ['other'], processes)).rejects.toThrow(GitError);
    using none = folder();
    await expect(hideStamped(root(none), ['file'], processes)).rejects.toThrow(GitError);
  });
});

needs('git')('commitStamped', () => {
  it('commits without the user’s configuration', async () => {
    using repo = sample();
    repo.write('file', 'text');
    repo.commit('one');
    using ours = await layOut(repo.directory);
    using home = folder();
    const settings = '[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = false\n[user]\n\tname = Ann\n';
    writeFileSync(join(home.directory, '.gitconfig'), settings);
    writeFileSync(join(ours.directory, 'file'), 'stamped');
    const users = createProcesses({ env: { ...process.env, HOME: home.directory } });
    await commitStamped(root(ours), { message: 'Version 1.0.0', time: 1763047931 }, users);
    expect(gitIn(ours.directory, 'status', '--porcelain')).toBe('');
    expect(gitIn(ours.directory, 'log', '-1', '--format=%s, %an, %cn, %ct')).toBe(
      'Version 1.0.0, ameide-release, ameide-release, 1763047931',
    );
  });

  it('never in a repository around a checkout that lost its own', async () => {
    using repo = sample();
    repo.write('checkout/file', 'text');
    repo.commit('one');
    repo.write('checkout/file', 'changed by the user');
    const folder = root({ directory: join(repo.directory, 'checkout') });
    const commit = { message: 'Version 1.0.0', time: 1763047931 };
    await expect(commitStamped(folder, commit, processes)).rejects.toThrow(GitError);
    await expect(hideStamped(folder, ['file'], processes)).rejects.toThrow(GitError);
    expect(gitIn(repo.directory, 'status', '--porcelain')).toBe(' M checkout/file');
  });
});
