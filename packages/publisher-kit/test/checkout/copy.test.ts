import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, it } from 'vitest';
import { copyCheckout } from '../../src/checkout/copy.ts';
import { folder, sample } from '../git/sample.ts';
import { files, gitIn, layOut, look } from './support.ts';

const suite = needs('git');

suite('copyCheckout', () => {
  it('copies what `prepare` made read-only, which can be stamped and removed', () => {
    const program = join(import.meta.dirname, 'read-only.ts');
    const printed = execFileSync(process.execPath, [program], { encoding: 'utf8', cwd: '/' });
    expect(JSON.parse(printed)).toEqual({
      modes: [
        ['500', '500'],
        ['500', '500'],
        ['400', '400'],
      ],
      link: '../../cache',
      isRemoved: true,
    });
  });

  it('gives what `cp -a` gives, but that hard links become files', async () => {
    using work = folder();
    const from = join(work.directory, 'from');
    const at = (name: string): string => join(from, name);
    mkdirSync(at('dir/empty'), { recursive: true });
    mkdirSync(at('locked'));
    writeFileSync(at('dir/file'), 'x');
    linkSync(at('dir/file'), at('hard'));
    writeFileSync(Buffer.concat([Buffer.from(`${from}/`), Buffer.from([0xff])]), 'not UTF-8');
    writeFileSync(at('read-only'), 'x', { mode: 0o444 });
    writeFileSync(at('locked/run'), 'x', { mode: 0o700 });
    symlinkSync('dir', at('link'));
    symlinkSync('/nowhere', at('dangling'));
    symlinkSync('.', at('self'));
    utimesSync(at('dir/file'), 1_600_000_000.25, 1_600_000_000.25);
    utimesSync(at('dir'), 1_500_000_000, 1_500_000_000);
    chmodSync(at('locked'), 0o555);
    const to = join(work.directory, 'to');
    const real = join(work.directory, 'real');
    await copyCheckout(from, to);
    execFileSync('cp', ['-a', from, real]);
    expect(files(to)).toEqual(files(real));
    for (const name of [
      'dir',
      'dir/file',
      'link',
      'dangling',
      'read-only',
      'locked',
      'locked/run',
    ]) {
      const [ours, theirs] = [to, real].map((root) => lstatSync(join(root, name)).mtimeMs);
      expect(Math.abs((ours ?? 0) - (theirs ?? 0)), name).toBeLessThan(0.01);
    }
    expect([lstatSync(join(to, 'hard')).nlink, lstatSync(join(real, 'hard')).nlink]).toEqual([
      1, 2,
    ]);
    chmodSync(join(to, 'locked'), 0o755);
    for (const root of [at('locked'), join(real, 'locked')]) chmodSync(root, 0o755);
  });

  it('of a checkout is a checkout, and clean without a file being read', async () => {
    using repo = sample();
    repo.write('dir/file', 'text');
    repo.commit('one');
    repo.git('tag', 'v1');
    using ours = await layOut(repo.directory);
    using work = folder();
    const copy = join(work.directory, 'copy');
    await copyCheckout(ours.directory, copy);
    expect(look(copy)).toEqual(look(ours.directory));
    // Other content of the same size and time: git looks at these alone.
    const other = join(work.directory, 'other');
    await copyCheckout(ours.directory, other);
    const { mtime } = lstatSync(join(other, 'dir/file'));
    writeFileSync(join(other, 'dir/file'), 'TEXT');
    utimesSync(join(other, 'dir/file'), mtime, mtime);
    expect(gitIn(other, 'status', '--porcelain')).toBe('');
  });
});
