import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listContext } from '../src/engine/context.ts';
import type { ContextRequest } from '../src/engine/context-filter.ts';
import { step } from './release.ts';

const FILES = {
  Dockerfile: '',
  '.git/HEAD': '',
  'a.log': '',
  'lib/libx.so.1': '',
  'lib/libx.so': { link: 'libx.so.1' },
  'lib/.git': 'gitdir: ../.git/modules/lib',
  'packages/web/index.js': '',
  'packages/api/index.js': '',
  'shared/deep/x.txt': '',
  web: { link: 'packages/web' },
  out: { link: '../../etc' },
  absolute: { link: '/shared' },
  loop: { link: 'loop' },
};

async function list(request: Partial<ContextRequest> = {}): Promise<readonly string[]> {
  const { checkout } = await step(FILES);
  const all = { exclude: [], include: [], follow: [], ...request };
  const files = await listContext(checkout, all, 1763047931);
  return files.map(({ stat: { link, mode, path } }) => {
    const kind = mode >= 0x8000_0000 ? '/' : link === undefined ? '' : ` -> ${String(link)}`;
    return `${String(path)}${kind}`;
  });
}

describe('a build context', () => {
  test('holds links as links wherever they lead, in BuildKit’s order, and nothing of git’s', async () => {
    expect(await list()).toEqual([
      'Dockerfile',
      'a.log',
      'absolute -> /shared',
      'lib/',
      'lib/libx.so -> libx.so.1',
      'lib/libx.so.1',
      'loop -> loop',
      'out -> ../../etc',
      'packages/',
      'packages/api/',
      'packages/api/index.js',
      'packages/web/',
      'packages/web/index.js',
      'shared/',
      'shared/deep/',
      'shared/deep/x.txt',
      'web -> packages/web',
    ]);
  });

  test('keeps the folder of an exception', async () => {
    expect(await list({ exclude: ['**', '!packages/api/*.js'] })).toEqual([
      'packages/',
      'packages/api/',
      'packages/api/index.js',
    ]);
  });

  test.each([
    ['a file', ['Dockerfile', 'Dockerfile.dockerignore'], ['Dockerfile']],
    ['a folder', ['packages/api'], ['packages/', 'packages/api/', 'packages/api/index.js']],
    ['the root', ['.'], expect.arrayContaining(['a.log', 'shared/deep/x.txt'])],
    [
      'a link to a folder, and below it',
      ['web/index.js'],
      ['packages/', 'packages/web/', 'packages/web/index.js', 'web -> packages/web'],
    ],
    [
      'an absolute link',
      ['absolute/deep'],
      ['absolute -> /shared', 'shared/', 'shared/deep/', 'shared/deep/x.txt'],
    ],
    ['a pattern', ['*.log'], ['a.log']],
    [
      'a pattern that finds a link',
      ['w*'],
      ['packages/', 'packages/web/', 'packages/web/index.js', 'web -> packages/web'],
    ],
    [
      'a pattern inside a path',
      ['packages/*/index.js'],
      [
        'packages/',
        'packages/api/',
        'packages/api/index.js',
        'packages/web/',
        'packages/web/index.js',
      ],
    ],
    ['a link to itself', ['loop'], ['loop -> loop']],
    ['what is not there', ['nowhere/x'], []],
  ])('of a COPY of %s holds that, and what its links lead to', async (_name, follow, files) => {
    expect(await list({ follow })).toEqual(files);
  });

  test('keeps the bytes of a name that is not UTF-8', async () => {
    const { checkout } = await step({});
    const script = `: > "$(printf 'caf\\351')"; ln -s "$(printf 'caf\\351')" link`;
    execFileSync('sh', ['-c', script], { cwd: checkout });
    const files = await listContext(checkout, { exclude: [], include: [], follow: [] }, 0);
    expect(files.map(({ stat }) => Buffer.from(stat.path).toString('latin1'))).toEqual([
      'caf\xe9',
      'link',
    ]);
    expect(Buffer.from(files[1]?.stat.link ?? []).toString('latin1')).toBe('caf\xe9');
    expect(files[0]?.absolute?.toString('latin1')).toBe(join(checkout, 'caf\xe9'));
  });
});
