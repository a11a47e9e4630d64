import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type ConsumeOptions, lockfilesFirst } from '../../src/consume/consume.ts';
import type { Addresses } from './consumers.ts';
import { type ConsumeWorld, startConsumeWorld } from './world.ts';

const TIMEOUT = 300_000;

function filesOf({ npm, simple }: Addresses): Readonly<Record<string, string>> {
  const service = (name: string): string =>
    `{\n  "name": "${name}",\n  "private": true,\n  "dependencies": {\n    "@example/sdk": "0.1.0"\n  }\n}\n`;
  const project = (name: string, requirement: string): string =>
    `[project]\nname = "${name}"\nversion = "1.0.0"\nrequires-python = ">=3.11"\ndependencies = ['${requirement}']\n\n[tool.uv]\npackage = false\n\n[[tool.uv.index]]\nurl = "${simple}"\ndefault = true\n`;
  return {
    'services/npm/package.json': service('npm-service'),
    'services/npm/.npmrc': `registry=${npm}\n`,
    'services/both/package.json': service('both'),
    'services/both/.npmrc': `registry=${npm}\n`,
    'services/both/pnpm-workspace.yaml': 'minimumReleaseAge: 0\n',
    'services/api/pyproject.toml': project('api', 'example-sdk==0.1.0'),
    'services/marked/pyproject.toml': project(
      'marked',
      'example-sdk==0.1.0 ; python_version < "3.9"',
    ),
    'services/worker/go.mod':
      'module example.org/worker\n\ngo 1.21\n\nrequire github.com/example/go v0.1.0\n',
    'services/worker/main.go':
      'package main\n\nimport answer "github.com/example/go"\n\nfunc main() { println(answer.Answer) }\n',
    // A uv.lock above, to which no service belongs.
    'services/pyproject.toml':
      '[project]\nname = "tools"\nversion = "1.0.0"\nrequires-python = ">=3.11"\n',
    'services/lib/pyproject.toml':
      '[project]\nname = "lib"\nversion = "1.0.0"\nrequires-python = ">=3.11"\ndependencies = ["example-sdk==0.1.0"]\n',
  };
}

type Line = readonly [folder: string, ...argv: readonly [string, ...string[]]];

const LOCK: readonly Line[] = [
  ['services/npm', 'npm', 'install', '--package-lock-only'],
  ['services/both', 'npm', 'install', '--package-lock-only'],
  ['services/both', 'pnpm', 'install', '--lockfile-only'],
  ['services/api', 'uv', 'lock'],
  ['services/marked', 'uv', 'lock'],
  ['services', 'uv', 'lock'],
  ['services/worker', 'go', 'mod', 'tidy'],
];

/** What a CI job would run: each refuses a lockfile that is not in step. */
const CI: readonly Line[] = [
  ['services/npm', 'npm', 'ci', '--dry-run'],
  ['services/both', 'npm', 'ci', '--dry-run'],
  ['services/both', 'pnpm', 'install', '--frozen-lockfile', '--lockfile-only'],
  ['services/api', 'uv', 'lock', '--check'],
  ['services/marked', 'uv', 'lock', '--check'],
  ['services/worker', 'go', 'build', '-mod=readonly', '-o', '/dev/null', './...'],
];

const LOCKFILES = [
  'services/api/uv.lock',
  'services/both/package-lock.json',
  'services/both/pnpm-lock.yaml',
  'services/marked/uv.lock',
  'services/npm/package-lock.json',
  'services/worker/go.sum',
];

needs(
  'git',
  'go',
  'npm',
  'pnpm',
  'uv',
)('lockfiles that are behind', () => {
  let world: ConsumeWorld;
  const at = (path: string): string => join(world.git.directory, path);
  const read = (path: string): string => readFileSync(at(path), 'utf8');
  const status = (): string => world.git.git('status', '--porcelain').trim();
  const runAll = async (lines: readonly Line[]): Promise<void> => {
    for (const [folder, ...argv] of lines) await world.run(folder, ...argv);
  };
  beforeAll(async () => {
    world = await startConsumeWorld(filesOf);
    await world.release('0.1.0');
    await runAll(LOCK);
    world.git.commit('The lockfiles');
    await world.release('0.2.0');
  }, TIMEOUT);
  afterAll(async () => world[Symbol.asyncDispose]());
  afterEach(() => {
    world.git.git('reset', '--quiet', '--hard');
    world.git.git('clean', '--quiet', '-fd');
  });

  test('are renewed by the next run', { timeout: TIMEOUT }, async () => {
    const skipped = await world.consume({ skipLockfiles: true });
    expect(skipped).toMatchObject({ written: true, exitCode: 0 });
    expect(skipped.notes.join()).toContain('The lockfiles were left as they are');
    const report = await world.consume();
    expect(report.problems).toEqual([]);
    expect(report.files.map(({ path }) => path).toSorted()).toEqual(LOCKFILES);
    await runAll(CI);
    expect((await world.consume()).files).toEqual([]);
  });

  test('all of a folder follow, one above of others does not', { timeout: TIMEOUT }, async () => {
    const report = await world.consume();
    expect(report.problems).toEqual([]);
    const paths = report.files.map(({ path }) => path);
    expect(
      paths
        .filter((path) => !/\.(?:json|toml|mod)$/.test(path) || path.includes('lock'))
        .toSorted(),
    ).toEqual(LOCKFILES);
    expect(paths).toContain('services/lib/pyproject.toml');
    await runAll(CI);
    expect((await world.consume()).files).toEqual([]);
  });

  test('also those that have the version, but another range', { timeout: TIMEOUT }, async () => {
    await world.consume();
    const ranges = [
      ['services/npm/package.json', '"0.2.0"', '">=0.2.0"'],
      ['services/both/package.json', '"0.2.0"', '">=0.2.0"'],
      ['services/api/pyproject.toml', '==0.2.0', '>=0.2.0'],
    ] as const;
    for (const [path, exact, range] of ranges)
      world.git.write(path, read(path).replace(exact, range));
    const folders = new Set(['services/npm', 'services/both', 'services/api']);
    await runAll(LOCK.filter(([folder]) => folders.has(folder)));
    for (const [path, exact, range] of ranges)
      world.git.write(path, read(path).replace(range, exact));
    const report = await world.consume();
    expect(report.problems).toEqual([]);
    expect(report.files.map(({ path }) => path).toSorted()).toEqual([
      'services/api/uv.lock',
      'services/both/package-lock.json',
      'services/both/pnpm-lock.yaml',
      'services/npm/package-lock.json',
    ]);
    await runAll(CI);
  });

  test('a lockfile that changes meanwhile stays', { timeout: TIMEOUT }, async () => {
    const lock = 'services/npm/package-lock.json';
    const edited = read(lock).replace('{', '{ "mine": true,');
    const report = await world.consume({ onTool: () => writeFileSync(at(lock), edited) });
    expect(report.problems).toMatchObject([{ code: 'file-changed', path: lock }]);
    expect(report.written).toBe(false);
    expect(read(lock)).toBe(edited);
    expect(status()).toBe(`M ${lock}`);
  });

  test('nothing is written through a link', { timeout: TIMEOUT }, async () => {
    const outside = join(world.env['HOME'] ?? '', 'outside');
    const lock = 'services/npm/package-lock.json';
    mkdirSync(outside);
    const [text, absolute] = [read(lock), join(outside, 'package-lock.json')];
    writeFileSync(absolute, text);
    for (const target of [
      absolute,
      '../../../outside/package-lock.json',
      '../both/package-lock.json',
    ]) {
      rmSync(at(lock));
      symlinkSync(target, at(lock));
      const report = await world.consume({ paths: ['services/npm'] });
      expect(report.problems).toMatchObject([{ code: 'consume-link', path: lock }]);
      expect(read('services/npm/package.json')).toContain('0.1.0');
      expect(readFileSync(absolute, 'utf8')).toBe(text);
    }
    world.git.git('reset', '--quiet', '--hard');
    renameSync(at('services/api'), join(outside, 'api'));
    symlinkSync(join(outside, 'api'), at('services/api'));
    const report = await world.consume();
    expect(report.files.filter(({ path }) => path.startsWith('services/api'))).toEqual([]);
    expect(report.notes).toContain(
      'services/api is a link to a folder: no file was looked at through it, as git looks at none.',
    );
    expect(readFileSync(join(outside, 'api/pyproject.toml'), 'utf8')).toContain('0.1.0');
    rmSync(at('services/api'));
  });

  test('a manifest that is a link: its lockfile follows', { timeout: TIMEOUT }, async () => {
    const manifest = 'services/npm/package.json';
    world.git.write('shared/package.json', read(manifest));
    rmSync(at(manifest));
    symlinkSync('../../shared/package.json', at(manifest));
    const report = await world.consume({ paths: ['shared', 'services/npm'] });
    expect(report.problems).toEqual([]);
    expect(report.files.map(({ path }) => path)).toEqual([
      'shared/package.json',
      'services/npm/package-lock.json',
    ]);
    await world.run('services/npm', 'npm', 'ci', '--dry-run');
    // The file that it leads to is no consumer.
    world.git.write('shared/package.json', read(manifest).replace('0.2.0', '0.1.0'));
    expect((await world.consume({ paths: ['services/npm'] })).problems).toMatchObject([
      { code: 'consume-link', path: manifest },
    ]);
  });

  test('what is not committed has no part in a pull request', { timeout: TIMEOUT }, async () => {
    world.git.write('services/both/package.json', read('services/both/package.json'));
    world.git.write('services/mine/package.json', read('services/npm/package.json'));
    const proposed: string[] = [];
    const propose: ConsumeOptions['propose'] = async (files) => {
      proposed.push(...files.map(({ path }) => path));
      return { problems: [] };
    };
    const paths = ['services/mine', 'services/npm'];
    await expect(world.consume({ write: false, paths, propose })).rejects.toMatchObject({
      field: 'path',
      message: expect.stringContaining('services/mine'),
    });
    await world.consume({ write: false, paths: ['services/npm'], propose });
    expect(proposed).toEqual(['services/npm/package.json', 'services/npm/package-lock.json']);
  });
});

test('lockfiles are written before their manifests', () => {
  const change = {
    path: 'a',
    line: 1,
    ecosystem: 'npm',
    name: 'a',
    field: 'x',
    from: '1',
    to: '2',
  } as const;
  const file = { path: 'a', text: '', edits: [], changes: [] };
  const files = [
    { ...file, path: 'package.json', changes: [change] },
    { ...file, path: 'pnpm-lock.yaml' },
  ];
  expect(lockfilesFirst(files).map(({ path }) => path)).toEqual(['pnpm-lock.yaml', 'package.json']);
});
