import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { rehearsalText } from '../../src/cli/contents-text.ts';
import { inert } from '../../src/cli/plain.ts';
import type { ContentsReport } from '../../src/report/contents.ts';
import type { ReleaseReport } from '../../src/report/release-report.ts';
import { createFakeWorld, fake } from '../fake-publisher.ts';
import { problem, publish } from '../support/run.ts';

async function dryRun(): Promise<ReleaseReport> {
  return publish([fake(createFakeWorld(), 'a')], { dryRun: true });
}

const BASE: ContentsReport = {
  publisher: 'npm:a',
  registry: 'https://registry.example',
  part: 'package',
  change: 'new',
  coordinate: 'npm:a@0.2.0',
  digest: 'sha512-x',
  manifest: ['{', '  "name": "a",', '  "version": "0.2.0"', '}'],
  files: [{ path: 'index.js', size: 1536, digest: 'sha256:01' }],
};

/** What people read of one artifact. */
async function shown(contents: Partial<ContentsReport>): Promise<readonly string[]> {
  const text = rehearsalText(inert({ ...(await dryRun()), contents: [{ ...BASE, ...contents }] }));
  return stripVTControlCharacters(text).split('\n\n')[0]?.split('\n') ?? [];
}

describe('an artifact', () => {
  test('of very many files', async () => {
    const files = Array.from({ length: 300_000 }, (_, n) => ({
      path: `${n}`,
      size: 1,
      digest: '',
    }));
    expect(await shown({ files })).toHaveLength(2 + files.length + 5);
  });

  test('whose manifest is another one in all of very many lines', async () => {
    const before = { coordinate: 'npm:a@0.1.0', digest: 'sha512-y' };
    const lines = (letter: string) => Array.from({ length: 50_000 }, (_, n) => `${letter}${n}`);
    const contents = { manifest: lines('a'), manifestBefore: lines('b'), before, files: [] };
    expect(await shown({ ...contents, change: 'changed' })).toEqual([
      'npm:a@0.2.0  package, compared with npm:a@0.1.0  https://registry.example',
      '  no file changed, only the manifest: 0 files',
      '    manifest:',
      '    ~ 50000 lines, nearly all of them new; before, 50000 lines: --json shows them',
    ]);
  });

  test('that has nothing to be compared with: every file, and the manifest', async () => {
    expect(await shown({})).toEqual([
      'npm:a@0.2.0  package  https://registry.example',
      '  no published version to compare with: 1 file',
      '    index.js  1.5 KiB',
      '    manifest:',
      '      {',
      '        "name": "a",',
      '        "version": "0.2.0"',
      '      }',
    ]);
  });

  test('that changed: what was added, removed and changed, and the lines of its manifest', async () => {
    const before = { coordinate: 'npm:a@0.1.0', digest: 'sha512-y' };
    const files = [
      { path: 'a.js', size: 10, digest: '', change: 'changed', before: { size: 2048, digest: '' } },
      {
        path: 'bin.js',
        size: 10,
        digest: '',
        kind: 'executable',
        change: 'changed',
        before: { size: 10, digest: '' },
      },
      {
        path: 'link.js',
        size: 4,
        digest: '',
        kind: 'symlink',
        target: 'b.js',
        change: 'changed',
        before: { size: 4, digest: '', kind: 'symlink', target: 'a.js' },
      },
      { path: 'new.js', size: 1, digest: '', change: 'added' },
      { path: 'old.js', size: 1, digest: '', change: 'removed' },
      {
        path: 'run.js',
        size: 12,
        digest: '',
        change: 'changed',
        before: { size: 10, digest: '', kind: 'executable' },
      },
      { path: 'same.js', size: 1, digest: '', change: 'unchanged' },
    ] as const;
    const manifestBefore = ['{', '  "name": "a",', '  "version": "0.1.0"', '}'];
    expect(await shown({ change: 'changed', before, files, manifestBefore })).toEqual([
      'npm:a@0.2.0  package, compared with npm:a@0.1.0  https://registry.example',
      '  1 added, 1 removed, 4 changed, 1 unchanged',
      '  ~ a.js     10 B, was 2.0 KiB',
      '  ~ bin.js   10 B, executable, was not',
      '  ~ link.js  a link to b.js, was a link to a.js',
      '  + new.js   1 B',
      '  - old.js   1 B',
      '  ~ run.js   12 B, was 10 B, was executable',
      '    same.js  1 B',
      '    manifest:',
      '        "name": "a",',
      '    -   "version": "0.1.0"',
      '    +   "version": "0.2.0"',
      '      }',
    ]);
  });

  test.for([
    ['identical', 'byte-identical: 1 file'],
    ['same-files', 'no file changed, only the bytes around them: 1 file'],
    ['removed', 'published, but not built this time: 1 file'],
  ] as const)('%s', async ([change, line]) => {
    const before = { coordinate: 'npm:a@0.1.0', digest: 'sha512-x' };
    expect(await shown({ change, before })).toContain(`  ${line}`);
    expect((await shown({ change, before })).join('\n')).not.toContain('manifest');
  });

  test('that could not be compared says why', async () => {
    const { cause: _cause, ...reason } = problem('unknown', { message: 'It answered 503.' });
    expect((await shown({ change: 'not-compared', problem: reason })).slice(1, 3)).toEqual([
      '  not compared: 1 file',
      '  It answered 503.',
    ]);
  });

  test('with a long manifest shows its beginning, and where the rest is', async () => {
    const manifest = Array.from({ length: 45 }, (_, index) => `line ${index}`);
    const lines = await shown({ manifest: [...manifest, 'x'.repeat(500)] });
    expect(lines.slice(-2)).toEqual(['      line 29', '    (16 more lines: --json shows them)']);
  });

  test('escapes what names and manifests of strangers would do to a terminal', async () => {
    const path = 'a\u001b[2J\nnpm:a@0.2.0 \u202egpj.exe';
    const files = [{ path, size: 1, digest: '', change: 'removed' }] as const;
    const manifestBefore = ['{', '\u001b]0;owned\u0007', '}'];
    const text = (await shown({ change: 'changed', files, manifestBefore })).join('\n');
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/u);
    expect(text).toContain(String.raw`a\u001b[2J\u000anpm:a@0.2.0 \u202egpj.exe`);
  });
});

test('images of several platforms with the same files are shown once', async () => {
  const parts = ['image linux/amd64', 'image linux/arm64', 'image linux/riscv64'];
  const own = [{ path: 'other.js', size: 1, digest: 'sha256:02' }];
  const contents = [
    ...parts.map((part) => ({ ...BASE, part })),
    { ...BASE, part: 'image linux/386', files: own },
  ];
  const text = stripVTControlCharacters(rehearsalText({ ...(await dryRun()), contents }));
  expect(text.match(/index\.js/g)).toHaveLength(1);
  expect(text).toContain('  the same files: image linux/arm64, image linux/riscv64\n');
  expect(text).toContain('other.js');
});

test('of images with the same files, what differs in the manifest of one alone is shown', async () => {
  const manifest = (digest: string, architecture: string, user = 'app') => [
    `"digest": "sha256:${digest.repeat(64)}",`,
    `"architecture": "${architecture}",`,
    `"User": "${user}"`,
  ];
  const image = (architecture: string, userBefore?: string): ContentsReport => ({
    ...BASE,
    part: `image linux/${architecture}`,
    change: 'changed',
    before: { coordinate: 'oci:a:0.1.0', digest: 'sha256:03' },
    manifest: manifest('1', architecture),
    manifestBefore: manifest('2', architecture, userBefore),
  });
  const contents = [image('amd64'), image('arm64', 'root'), image('riscv64')];
  const text = stripVTControlCharacters(rehearsalText({ ...(await dryRun()), contents }));
  expect(text).toContain('  the same files: image linux/arm64, image linux/riscv64\n');
  expect(text).toContain(
    [
      '    manifest of image linux/arm64, only what differs from the first:',
      '    - "User": "root"',
      '    + "User": "app"',
      '',
    ].join('\n'),
  );
  expect(text).not.toContain('manifest of image linux/riscv64');
});

test('of many files, those that did not change are a number', async () => {
  const same = Array.from({ length: 50 }, (_, index) => ({
    path: `lib/${index}.js`,
    size: 1,
    digest: '',
    change: 'unchanged' as const,
  }));
  const before = { coordinate: 'npm:a@0.1.0', digest: 'sha512-y' };
  const files = [...same, { path: 'new.js', size: 1, digest: '', change: 'added' as const }];
  expect((await shown({ change: 'changed', before, files })).slice(2)).toEqual([
    '  + new.js  1 B',
    '    (50 unchanged files: --json lists them)',
  ]);
  const alone = await shown({ files: same.map(({ change: _change, ...file }) => file) });
  expect(alone.filter((line) => line.includes('lib/'))).toHaveLength(50);
});

test('what publish would not build again is named', async () => {
  const report = await dryRun();
  const [artifact] = report.artifacts as [ReleaseReport['artifacts'][number]];
  const artifacts = [{ ...artifact, publisher: 'npm:b', state: 'same-source' as const }];
  const text = stripVTControlCharacters(rehearsalText({ ...report, artifacts, contents: [BASE] }));
  expect(text).toContain('\nthere already, and not built again: npm:b\n');
});

test('the outcome comes last', async () => {
  const text = stripVTControlCharacters(rehearsalText({ ...(await dryRun()), contents: [BASE] }));
  expect(text.split('\n').at(-1)).toBe('1 of 1 artifacts to publish; nothing was sent.');
});
