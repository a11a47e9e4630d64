import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
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

  it('links again a compiled program of a package manager’s store, and copies all else', async () => {
    using work = folder();
    const at = (...path: string[]): string => join(work.directory, ...path);
    const program = Buffer.concat([Buffer.from('7f454c46', 'hex'), Buffer.alloc(2 ** 20)]);
    const bin = 'packages/a/node_modules/.pnpm/b';
    mkdirSync(at('store'));
    mkdirSync(at('from', bin), { recursive: true });
    const files: readonly (readonly [path: string, content: Buffer, isLinked: boolean])[] = [
      [`${bin}/program`, program, true],
      [`${bin}/small-program`, program.subarray(0, 2 ** 19), false],
      [`${bin}/large.js`, Buffer.alloc(2 ** 20 + 4, '// text\n'), false],
      ['packages/a/program', program, false],
    ];
    for (const [index, [path, content]] of files.entries()) {
      writeFileSync(at(`store/${index}`), content);
      linkSync(at(`store/${index}`), at('from', path));
    }
    writeFileSync(at('from', bin, 'made-by-postinstall'), program);
    const server = createServer().listen(at('from/socket'));
    await once(server, 'listening');
    await copyCheckout(at('from'), at('to'));
    server.close();
    for (const [path, content, isLinked] of files) {
      expect(lstatSync(at('to', path)).ino === lstatSync(at('from', path)).ino, path).toBe(
        isLinked,
      );
      expect(readFileSync(at('to', path)).equals(content), path).toBe(true);
    }
    expect(lstatSync(at('to', bin, 'made-by-postinstall')).nlink).toBe(1);
    expect(readdirSync(at('to'))).toEqual(['packages']);
  });

  it('never rounds a time up to the next second, which would be a change to git', async () => {
    using work = folder();
    const at = (path: string): string => join(work.directory, path);
    mkdirSync(at('from'));
    writeFileSync(at('from/file'), 'x');
    execFileSync('touch', ['-d', '2025-11-13T14:00:00.999999999Z', at('from/file')]);
    await copyCheckout(at('from'), at('to'));
    const seconds = (path: string): bigint =>
      lstatSync(at(path), { bigint: true }).mtimeNs / 10n ** 9n;
    expect(seconds('to/file')).toBe(seconds('from/file'));
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
