import { needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';
import { asking, call, edit, NPM, NPM_CI, NPM_LOCK } from './installed.ts';
import { type Files, reportOn, repositoryOf } from './repository-of.ts';

async function codes(root: string): Promise<readonly string[]> {
  return (await reportOn(root)).problems.map(({ code }) => code);
}

describe('a package that a sibling asks for by numbers', () => {
  needs('npm')('with npm', () => {
    test('the hint says what npm ci accepts, and the placeholder alone is found', {
      timeout: 60_000,
    }, async () => {
      const root = repositoryOf(asking('^1.0.0'));
      await call('npm', NPM_LOCK, root);
      const { problems } = await reportOn(root, '--fix');
      expect(problems).toMatchObject([
        {
          code: 'version-files-differ',
          message: expect.stringContaining('b/package.json asks for it as ^1.0.0'),
        },
      ]);
      expect(problems[0]?.hint).not.toMatch(/0\.0\.0,|delete/);
      edit(root, 'a/package.json', '1.5.0', '0.0.0');
      expect((await reportOn(root)).problems).toMatchObject([
        { code: 'lockfile-in-step', path: 'b/package.json', line: 5 },
        { code: 'sibling-range', line: 5, hint: expect.stringContaining('Write ^0.0.0') },
      ]);
      await expect(call('npm', NPM_CI, root)).rejects.toThrow(/Command failed/);
      edit(root, 'a/package.json', '0.0.0', '2.0.0');
      expect(await codes(root)).toContain('sibling-range');
      edit(root, 'b/package.json', '^1.0.0', '^2.0.0');
      await call('npm', NPM_LOCK, root);
      await call('npm', NPM_CI, root);
      expect(await codes(root)).toEqual([]);
    });
  });

  const PNPM: Files = {
    ...NPM,
    'package.json': { name: 'root', private: true },
    'pnpm-workspace.yaml': 'packages: [a, b]\n',
    'pnpm-lock.yaml': 'lockfileVersion: "9.0"\n',
    'a/package.json': { name: '@acme/a', version: '2.0.0' },
  };
  const found = async (files: Files): Promise<readonly string[]> =>
    (await reportOn(repositoryOf(files), '--skip', 'lockfile-in-step')).problems.map(
      ({ code, hint = '' }) => `${code}: ${hint.split(/[,;]/)[0]}`,
    );

  test.each([
    ['^1.0.0', ['sibling-range: Write workspace:^']],
    ['^2.0.0', []],
    ['^0.0.0', []],
    ['>=1', []],
    ['*', []],
    ['workspace:^', []],
    ['latest', []],
  ])('pnpm without links, the release is 2.0.0: %s', async (range, expected) => {
    expect(await found(asking(range, PNPM))).toEqual(expected);
  });

  const LINKED = {
    ...PNPM,
    'pnpm-workspace.yaml': 'packages: [a, b]\nlinkWorkspacePackages: true\n',
  };
  test.each([
    ['pnpm with links', LINKED, 'Write workspace:^'],
    ['Yarn 1', { ...NPM, 'yarn.lock': '# yarn lockfile v1\n' }, 'Write ^2.0.0'],
    ['Yarn 4', { ...NPM, 'yarn.lock': '__metadata:\n  version: 8\n' }, 'Write workspace:^'],
    ['Bun', { ...NPM, 'bun.lock': '{}\n' }, 'Write workspace:^'],
  ])('%s', async (_, files, hint) => {
    const a = { name: '@acme/a', version: '2.0.0' };
    const at = (range: string): Files => ({ ...asking(range, files), 'a/package.json': a });
    expect(await found(at('^1.0.0'))).toEqual([`sibling-range: ${hint}`]);
    expect(await found(at('^2.0.0'))).toEqual([]);
  });
});
