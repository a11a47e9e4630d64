import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { component, needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';
import { definitionOf, type Files, reportOn, repositoryOf } from './repository-of.ts';

const run = promisify(execFile);

async function call(
  name: 'npm' | 'uv' | 'bun' | 'pnpm',
  args: readonly string[],
  cwd: string,
): Promise<string> {
  const { command = [name] } = component(name);
  const [file = name, ...first] = command;
  const env = { ...process.env, CI: 'false', npm_config_user_agent: undefined };
  return (await run(file, [...first, ...args], { cwd, env })).stdout;
}

function read(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function edit(root: string, path: string, from: string, to: string): void {
  const text = read(root, path);
  expect(text).toContain(from);
  writeFileSync(join(root, path), text.replace(from, to));
}

async function codes(root: string): Promise<readonly string[]> {
  return (await reportOn(root)).problems.map(({ code }) => code);
}

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

const NPM: Files = {
  VERSION: '2.0.0\n',
  'release.config.json': definitionOf({ npm: ['a', 'b'] }),
  'package.json': { name: 'root', private: true, workspaces: ['a', 'b'] },
  'a/package.json': { name: '@acme/a', version: '1.5.0' },
  'b/package.json': { name: '@acme/b', version: '2.0.0', dependencies: { '@acme/a': '*' } },
};
const NPM_LOCK = ['install', '--package-lock-only', '--offline', '--no-audit'];
const NPM_CI = ['ci', '--offline', '--no-audit'];

function asking(range: string, files: Files = NPM): Files {
  const b = { name: '@acme/b', version: '2.0.0', dependencies: { '@acme/a': range } };
  return { ...files, 'b/package.json': b };
}

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
      await expect(call('npm', NPM_CI, root)).rejects.toThrow();
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

describe('many packages of the same kind', () => {
  const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
  const files = (allow: readonly string[]): Files => ({
    VERSION: '2.0.0\n',
    'release.config.json': definitionOf(
      { npm: names },
      {
        versionFile: 'VERSION',
        ...(allow.length === 0 ? {} : { doctor: { allow: { 'version-files-differ': allow } } }),
      },
    ),
    'package.json': { name: 'root', private: true, workspaces: names },
    ...Object.fromEntries(
      names.map((name) => [`${name}/package.json`, { name, version: `1.${name.slice(1)}.0` }]),
    ),
  });

  test('are one finding, and --fix writes all of them', async () => {
    const root = repositoryOf(files([]));
    const { problems } = await reportOn(root);
    expect(problems).toMatchObject([
      {
        message:
          '12 files state another version than the version file, 2.0.0: p0/package.json, p1/package.json, p10/package.json, p11/package.json, p2/package.json, and 7 more.',
        path: 'p0/package.json',
        isFixable: true,
        paths: expect.objectContaining({ length: 12 }),
      },
    ]);
    const { fixed, problems: left } = await reportOn(root, '--fix');
    expect([left, fixed.length]).toEqual([[], 1]);
    for (const name of names) expect(read(root, `${name}/package.json`)).toContain('"2.0.0"');
  });

  test('are allowed each by its path', async () => {
    const { notes, problems } = await reportOn(repositoryOf(files(['p1*', 'p3/package.json'])));
    expect(notes).toEqual([]);
    expect(problems[0]?.message).toMatch(/^8 files .*: p0\/package\.json, p2\/package\.json, p4/);
  });
});

test('what init would not propose to publish is not asked for', async () => {
  const open = (name: string, more: object = {}): object => ({ name, version: '2.0.0', ...more });
  const root = repositoryOf({
    VERSION: '2.0.0\n',
    'release.config.json': definitionOf({ npm: ['a'] }),
    'package.json': { ...open('root'), workspaces: ['*', 'docs/*'] },
    'a/package.json': open('a'),
    'b/package.json': open('b'),
    'scripts/package.json': open('scripts'),
    'docs/site/package.json': open('site'),
    'docs/theme/package.json': open('theme', { publishConfig: { access: 'public' } }),
  });
  expect((await reportOn(root)).problems).toMatchObject([
    { code: 'not-published', path: 'b/package.json' },
    { code: 'not-published', path: 'docs/theme/package.json' },
  ]);
});
