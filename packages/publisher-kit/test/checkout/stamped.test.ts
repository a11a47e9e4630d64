import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, it } from 'vitest';
import { type CheckoutFolder, hideStamped, stampHead } from '../../src/checkout/stamped.ts';
import { GitError } from '../../src/git/index.ts';
import { createProcesses } from '../../src/process/create-processes.ts';
import { folder, sample } from '../git/sample.ts';
import { gitIn, layOut } from './support.ts';

const processes = createProcesses();
const OTHER = { path: 'other', stamp: (text: string) => text };
const LOST = { code: 'no-checkout', field: '.git' };

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
    await expect(hideStamped(root(none), ['file'], processes)).rejects.toMatchObject(LOST);
  });
});

needs('git')('stampHead', () => {
  it('shows what was stamped in HEAD, which keeps its id, its message and its tags', async () => {
    using repo = sample();
    repo.write('sdk/a', 'text');
    repo.write('sdk/\u00e9\n"', 'text');
    repo.write('sdk/generated', 'text');
    repo.write('.gitattributes', 'a eol=crlf\n');
    repo.git('add', '-A');
    const latin1 = Buffer.from('R\xe9sum\xe9', 'latin1');
    const message = join(repo.directory, '.git', 'message');
    writeFileSync(message, latin1);
    repo.git('-c', 'i18n.commitEncoding=ISO-8859-1', 'commit', '--quiet', '-F', message);
    repo.git('tag', 'v1');
    using ours = await layOut(repo.directory);
    const real = gitIn(ours.directory, 'log', '--format=%H %an %ae %at %cn %ce %ct %s');
    const sdk = join(ours.directory, 'sdk');
    const names = ['a', '\u00e9\n"'];
    writeFileSync(join(sdk, 'a'), 'text, stamped\r\n');
    writeFileSync(join(sdk, names[1] ?? ''), 'text, prepared, stamped\n');
    // `prepare` may have done this.
    for (const name of ['generated', 'new']) writeFileSync(join(sdk, name), 'prepared');
    gitIn(ours.directory, 'add', 'sdk/new');
    const stamp = (text: string): string => `${text}, stamped\n`;
    const stamps = names.map((path) => ({ path, stamp }));
    await stampHead({ checkout: ours.directory, directory: sdk }, stamps, processes);
    expect(gitIn(ours.directory, 'log', '--format=%H %an %ae %at %cn %ce %ct %s')).toBe(real);
    expect(gitIn(ours.directory, 'show', 'HEAD:sdk/a')).toBe('text, stamped');
    expect(gitIn(ours.directory, 'show', 'HEAD:sdk/\u00e9\n"')).toBe('text, stamped');
    expect(gitIn(ours.directory, 'show', 'HEAD:sdk/generated')).toBe('text');
    expect(gitIn(ours.directory, 'status', '--porcelain').split('\n')).toEqual([
      ' M sdk/generated',
      'A  sdk/new',
      expect.stringMatching(/^ M "sdk\/\\303/),
    ]);
    expect(gitIn(ours.directory, 'describe', '--tags')).toBe('v1');
  });

  it('throws for a file that git does not track', async () => {
    using repo = sample();
    repo.write('file', 'text');
    repo.commit('one');
    using ours = await layOut(repo.directory);
    writeFileSync(join(ours.directory, 'other'), 'text');
    await expect(stampHead(root(ours), [OTHER], processes)).rejects.toThrow(GitError);
  });

  it('never in a repository around a checkout that lost its own', async () => {
    using repo = sample();
    repo.write('checkout/file', 'text');
    repo.commit('one');
    repo.write('checkout/file', 'changed by the user');
    const folder = root({ directory: join(repo.directory, 'checkout') });
    await expect(stampHead(folder, [OTHER], processes)).rejects.toMatchObject(LOST);
    await expect(hideStamped(folder, ['file'], processes)).rejects.toMatchObject(LOST);
    // Not a repository either, for git.
    mkdirSync(join(folder.checkout, '.git'));
    await expect(stampHead(folder, [OTHER], processes)).rejects.toThrow(GitError);
    await expect(hideStamped(folder, ['file'], processes)).rejects.toThrow(GitError);
    expect(gitIn(repo.directory, 'status', '--porcelain')).toBe(' M checkout/file');
  });
});
