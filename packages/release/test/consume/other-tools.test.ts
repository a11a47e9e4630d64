import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Addresses } from './consumers.ts';
import { type ConsumeWorld, startConsumeWorld } from './world.ts';

const TIMEOUT = 300_000;

function filesOf({ npm, simple }: Addresses): Readonly<Record<string, string>> {
  const member = (name: string, dependencies: string): string =>
    `{ "name": "${name}", "version": "1.0.0", "private": true, "dependencies": { ${dependencies} } }\n`;
  const index = `[[tool.uv.index]]\nurl = "${simple}"\ndefault = true\n`;
  return {
    'bun/package.json': member('bun-service', '"@example/sdk": "^0.1.0"'),
    'bun/bunfig.toml': `[install]\nregistry = "${npm}"\n`,
    // A workspace of npm: one member asks for the version itself, the other through the first.
    'npm/package.json': '{ "name": "root", "private": true, "workspaces": ["one", "two"] }\n',
    'npm/.npmrc': `registry=${npm}\n`,
    'npm/one/package.json': member('one', '"@example/sdk": "0.1.0"'),
    'npm/two/package.json': member('two', '"one": "1.0.0"'),
    // A workspace of uv.
    'uv/pyproject.toml': `[project]\nname = "root"\nversion = "1.0.0"\nrequires-python = ">=3.11"\n\n[tool.uv]\npackage = false\n\n[tool.uv.workspace]\nmembers = ["jobs"]\n\n${index}`,
    'uv/jobs/pyproject.toml':
      '[project]\nname = "jobs"\nversion = "1.0.0"\nrequires-python = ">=3.11"\ndependencies = ["example-sdk>=0.1"]\n\n[dependency-groups]\ndev = ["example-sdk ~= 0.1"]\n\n[tool.uv]\npackage = false\n',
    'poetry/pyproject.toml': `[tool.poetry]\nname = "api"\nversion = "1.0.0"\ndescription = ""\nauthors = []\npackage-mode = false\n\n[tool.poetry.dependencies]\npython = ">=3.11"\nexample-sdk = { version = "^0.1.0" } # ours\n\n[[tool.poetry.source]]\nname = "local"\nurl = "${simple}"\npriority = "primary"\n`,
    // Not tidy: nothing uses the other module.
    'go-untidy/go.mod':
      'module example.org/untidy\n\ngo 1.21\n\nrequire (\n\tgithub.com/example/go v0.1.0\n\n\texample.org/unused v1.0.0\n)\n\nreplace example.org/unused => ./unused\n',
    'go-untidy/unused/go.mod': 'module example.org/unused\n',
    'go-untidy/main.go':
      'package main\n\nimport answer "github.com/example/go"\n\nfunc main() { println(answer.Answer) }\n',
  };
}

type Line = readonly [folder: string, ...argv: readonly [string, ...string[]]];

const LOCK: readonly Line[] = [
  ['bun', 'bun', 'install', '--lockfile-only'],
  ['npm', 'npm', 'install', '--package-lock-only'],
  ['uv', 'uv', 'lock'],
  ['poetry', 'poetry', 'lock'],
  ['go-untidy', 'go', 'mod', 'download', 'github.com/example/go'],
];

const CI: readonly Line[] = [
  ['bun', 'bun', 'install', '--frozen-lockfile'],
  ['npm', 'npm', 'ci'],
  ['uv', 'uv', 'lock', '--check'],
  ['poetry', 'poetry', 'check', '--lock'],
  ['go-untidy', 'go', 'build', '-mod=readonly', '-o', '/dev/null', './...'],
];

needs(
  'git',
  'go',
  'npm',
  'uv',
  'poetry',
  'bun',
)('consumers with other tools', () => {
  let world: ConsumeWorld;
  beforeAll(async () => {
    world = await startConsumeWorld(filesOf);
    await world.release('0.1.0');
    for (const [folder, ...argv] of LOCK) await world.run(folder, ...argv);
    world.git.commit('The lockfiles');
    await world.release('0.2.0');
  }, TIMEOUT);
  afterAll(async () => world[Symbol.asyncDispose]());

  test('their lockfiles follow, and they install', { timeout: TIMEOUT }, async () => {
    const tools: string[] = [];
    const report = await world.consume({ onTool: (text) => tools.push(text) });
    expect(report.problems).toEqual([]);
    expect(tools.toSorted()).toEqual([
      'bun/bun.lock: bun install --lockfile-only --ignore-scripts',
      'go-untidy/go.mod: go get github.com/example/go@v0.2.0',
      'npm/package-lock.json: npm install --package-lock-only --ignore-scripts --no-audit --no-fund',
      'poetry/poetry.lock: poetry lock --no-interaction',
      'uv/uv.lock: uv lock',
    ]);
    const changed = world.git.git('diff', '--name-only').trim().split('\n');
    expect(changed).toEqual([
      'bun/bun.lock',
      'bun/package.json',
      'go-untidy/go.mod',
      'go-untidy/go.sum',
      'npm/one/package.json',
      'npm/package-lock.json',
      'poetry/poetry.lock',
      'poetry/pyproject.toml',
      'uv/jobs/pyproject.toml',
      'uv/uv.lock',
    ]);
    // What was not tidy stays so.
    expect(world.git.git('diff', 'go-untidy/go.mod').match(/^[+-]\t.*$/gm)).toEqual([
      '-\tgithub.com/example/go v0.1.0',
      '+\tgithub.com/example/go v0.2.0',
    ]);
    for (const [folder, ...argv] of CI) await world.run(folder, ...argv);
    expect((await world.consume()).files).toEqual([]);
  });

  test('a tool that is missing stops everything', { timeout: TIMEOUT }, async () => {
    world.git.git('checkout', '--', '.');
    const report = await world.consume({ env: { ...world.env, PATH: '/nowhere' } });
    expect(new Set(report.problems.map(({ code }) => code))).toEqual(
      new Set(['consume-lockfile-not-found']),
    );
    expect(report.exitCode).toBe(3);
    expect(world.git.git('status', '--porcelain')).toBe('');
  });

  test('a setting that hides new versions is named', { timeout: TIMEOUT }, async () => {
    const path = 'uv/pyproject.toml';
    const before = world.git.git('show', `HEAD:${path}`);
    world.git.write(
      path,
      before.replace('package = false', 'package = false\nexclude-newer = "2020-01-01T00:00:00Z"'),
    );
    const report = await world.consume({ only: ['pypi:example-sdk'], paths: ['uv'] });
    expect(report.problems).toMatchObject([{ code: 'consume-lockfile-failed' }]);
    expect(report.problems[0]?.hint).toContain('exclude-newer-package');
    world.git.git('checkout', '--', '.');
  });
});
