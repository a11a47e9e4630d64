import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openRepository } from '../src/git/index.ts';
import { runGit } from '../src/testing/index.ts';

test('knows what git leaves out because of an ignore rule, also what is not there', async () => {
  const root = mkdtempSync(join(tmpdir(), 'ameide-ignores-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  runGit(root, ['init', '--quiet']);
  mkdirSync(join(root, 'web'));
  writeFileSync(join(root, '.gitignore'), '*.lock\ntracked.json\n');
  writeFileSync(join(root, 'web/.gitignore'), '!yarn.lock\n');
  writeFileSync(join(root, 'tracked.json'), '{}');
  runGit(root, ['add', '--force', 'tracked.json']);
  symlinkSync(tmpdir(), join(root, 'linked'));
  await using repository = await openRepository(root);
  const paths = [
    'uv.lock',
    'web/uv.lock',
    'web/yarn.lock',
    'package.json',
    'tracked.json',
    'linked/uv.lock',
  ];
  const ignored = await Promise.all(paths.map(async (path) => repository.ignoredBy(path)));
  const lock = { source: '.gitignore', line: 1 };
  expect(ignored).toEqual([lock, lock, undefined, undefined, undefined, undefined]);
  writeFileSync(join(root, 'web/.gitignore'), '# ours\nuv.lock\n');
  expect(await repository.ignoredBy('web/uv.lock')).toEqual({ source: 'web/.gitignore', line: 2 });
  writeFileSync(join(root, '.git/info/exclude'), 'private.json\n');
  expect(await repository.ignoredBy('private.json')).toEqual({
    source: expect.stringMatching(/^\/.*\.git\/info\/exclude$/),
    line: 1,
  });
});
