import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { asking, call, NPM, NPM_CI, NPM_LOCK, read } from './installed.ts';
import { definitionOf, reportOn, repositoryOf } from './repository-of.ts';

function project(name: string, version: string, more = ''): string {
  return `[project]\nname = "${name}"\nversion = "${version}"\nrequires-python = ">=3.9"\n${more}`;
}

const NEEDS_A =
  'dependencies = ["acme-a>=1"]\n[tool.uv.sources]\nacme-a = { path = "../a", editable = true }\n';

needs('uv')('--fix of a Python version', () => {
  test('is in every uv.lock that takes the project from its folder', {
    timeout: 60_000,
  }, async () => {
    const root = repositoryOf({
      VERSION: '1.2.0\n',
      'release.config.json': definitionOf({ pypi: ['a', 'b'] }),
      'a/pyproject.toml': project('acme-a', '1.1.0'),
      'b/pyproject.toml': project('acme-b', '1.1.0', NEEDS_A),
      'examples/try/pyproject.toml': project('try', '0.1.0', NEEDS_A.replace('../a', '../../a')),
    });
    const folders = ['a', 'b', 'examples/try'].map((folder) => join(root, folder));
    for (const folder of folders) await call('uv', ['lock', '--offline'], folder);
    const report = await reportOn(root, '--fix');
    expect(report.problems).toEqual([]);
    for (const folder of folders) await call('uv', ['lock', '--check', '--offline'], folder);
  });
});

needs('npm')('--fix of the version of a package', () => {
  test('is in package-lock.json as npm itself writes it', { timeout: 60_000 }, async () => {
    const root = repositoryOf(NPM);
    await call('npm', NPM_LOCK, root);
    const { fixed, problems } = await reportOn(root, '--fix');
    expect([problems, fixed.map(({ rule }) => rule)]).toEqual([[], ['version-files-differ']]);
    const lock = read(root, 'package-lock.json');
    expect(JSON.parse(lock).packages.a.version).toBe('2.0.0');
    await call('npm', NPM_CI, root);
    await call('npm', NPM_LOCK, root);
    expect(read(root, 'package-lock.json')).toBe(lock);
  });

  test('of a single package is in both places of its lockfile', { timeout: 60_000 }, async () => {
    const root = repositoryOf({
      VERSION: '2.0.0\n',
      'release.config.json': definitionOf({ npm: ['.'] }),
      'package.json': { name: '@acme/a', version: '1.5.0' },
    });
    await call('npm', NPM_LOCK, root);
    expect((await reportOn(root, '--fix')).problems).toEqual([]);
    const lock = JSON.parse(read(root, 'package-lock.json'));
    expect([lock.version, lock.packages[''].version]).toEqual(['2.0.0', '2.0.0']);
  });
});

needs('bun')('--fix of the version of a package', () => {
  test('is in bun.lock as Bun itself writes it', { timeout: 60_000 }, async () => {
    const root = repositoryOf({
      ...asking('workspace:^'),
      'package.json': { ...Object(NPM['package.json']), packageManager: 'bun@1.4.5' },
    });
    await call('bun', ['install', '--lockfile-only'], root);
    expect((await reportOn(root, '--fix')).problems).toEqual([]);
    const lock = read(root, 'bun.lock');
    expect(lock.match(/"version": "2\.0\.0"/g)?.length).toBe(2);
    await call('bun', ['install', '--frozen-lockfile'], root);
    await call('bun', ['install', '--lockfile-only'], root);
    expect(read(root, 'bun.lock')).toBe(lock);
  });
});

needs('pnpm')('--fix of a version and of a range on it', () => {
  test('agree with each other', { timeout: 60_000 }, async () => {
    const root = repositoryOf({
      VERSION: '2.0.0\n',
      'release.config.json': definitionOf(
        { npm: ['a'] },
        { versionFile: 'VERSION', consumers: { npmRange: 'workspace' } },
      ),
      'package.json': { name: 'root', private: true },
      'pnpm-workspace.yaml': 'packages: [a, web]\n',
      'a/package.json': { name: '@acme/a', version: '1.5.0' },
      'web/package.json': {
        name: 'web',
        private: true,
        dependencies: { '@acme/a': 'workspace:^' },
      },
    });
    await call('pnpm', ['install', '--lockfile-only', '--offline'], root);
    const { fixed, problems } = await reportOn(root, '--fix');
    expect([problems, fixed.map(({ rule }) => rule).toSorted()]).toEqual([
      [],
      ['consumer-pins', 'version-files-differ'],
    ]);
    expect(read(root, 'web/package.json')).toContain('workspace:^2.0.0');
    await call('pnpm', ['install', '--frozen-lockfile', '--offline'], root);
  });
});
