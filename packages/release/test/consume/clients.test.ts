import { execFileSync } from 'node:child_process';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConsumeWorld, startConsumeWorld } from './world.ts';

const TIMEOUT = 300_000;

type Line = readonly [folder: string, ...argv: readonly [string, ...string[]]];

/** What a CI job would run: each refuses a lockfile that is not in step. */
const CI: readonly Line[] = [
  ['', 'pnpm', 'install', '--frozen-lockfile'],
  ['services/web', 'node', 'test.js'],
  ['services/catalog', 'node', 'test.js'],
  ['services/npm', 'npm', 'ci'],
  ['services/npm', 'node', 'test.js'],
  ['services/yarn', 'yarn', 'install', '--immutable'],
  ['services/yarn', 'node', 'test.js'],
  ['services/api', 'uv', 'sync', '--locked'],
  ['services/api', '.venv/bin/python', 'test_api.py'],
  ['services/jobs', 'uv', 'pip', 'install', '--target', '.venv/jobs', '-r', 'requirements.txt'],
  ['services/worker', 'go', 'build', '-mod=readonly', '-o', '/dev/null', './...'],
];

/** Makes the lockfiles of the services. */
const LOCK: readonly Line[] = [
  ['', 'pnpm', 'install', '--lockfile-only'],
  ['services/npm', 'npm', 'install', '--package-lock-only'],
  ['services/yarn', 'yarn', 'install', '--mode=update-lockfile'],
  ['services/api', 'uv', 'lock'],
  ['services/worker', 'go', 'mod', 'tidy'],
];

const LOCKFILES = [
  'pnpm-lock.yaml',
  'services/api/uv.lock',
  'services/npm/package-lock.json',
  'services/worker/go.sum',
  'services/yarn/yarn.lock',
];

needs(
  'git',
  'go',
  'npm',
  'pnpm',
  'uv',
  'yarn',
)('consumers of a release', () => {
  let world: ConsumeWorld;
  let sha = '';
  const runAll = async (lines: readonly Line[]): Promise<void> => {
    for (const [folder, ...argv] of lines) await world.run(folder, ...argv);
  };
  // To the last byte. No server is asked.
  const textOf = (path: string, ref = ''): string =>
    execFileSync('git', ['show', `${ref}:${path}`], { cwd: world.git.directory, encoding: 'utf8' });

  beforeAll(async () => {
    world = await startConsumeWorld();
    await world.release('0.1.0');
    await runAll(LOCK);
    world.git.commit('The lockfiles');
    sha = await world.release('0.2.0');
  }, TIMEOUT);
  afterAll(async () => world[Symbol.asyncDispose]());

  test('shows what would change, and changes nothing', { timeout: TIMEOUT }, async () => {
    const report = await world.consume({ write: false });
    expect(report.problems).toEqual([]);
    expect(report.written).toBe(false);
    expect(world.git.git('status', '--porcelain')).toBe('');
    world.git.write('.git/consume.diff', report.diff);
    world.git.git('apply', '--check', '.git/consume.diff');
  });

  test('changes the intended bytes, and nothing else', { timeout: TIMEOUT }, async () => {
    const report = await world.consume();
    expect(report.problems).toEqual([]);
    expect(report.written).toBe(true);
    world.git.git('add', '--all');
    const changed = world.git.git('diff', '--cached', '--name-only').trim().split('\n');
    for (const path of changed.filter((one) => !LOCKFILES.includes(one)))
      expect(textOf(path), path).toBe(expected(path, textOf(path, 'HEAD'), world.image, sha));
    expect(changed).toEqual(
      [
        'deploy/production/web.yaml',
        'pnpm-workspace.yaml',
        'services/api/pyproject.toml',
        'services/jobs/requirements.txt',
        'services/npm/package.json',
        'services/web/Dockerfile',
        'services/web/compose.yaml',
        'services/web/package.json',
        'services/worker/go.mod',
        'services/yarn/package.json',
        ...LOCKFILES,
      ].toSorted(),
    );
    const kept = report.kept.map(({ path, reason }) => `${path}: ${reason}`);
    const unknown = '1'.repeat(40);
    expect(kept.toSorted()).toEqual([
      'deploy/development/web.yaml: dev moves, and development allows that',
      'deploy/elsewhere/web.yaml: its environment is not known (set consumers.environments)',
      'services/fork/package.json: it is taken from a git repository',
      'services/npm/package.json: >=0.1.0 admits 0.2.0',
      `services/web/Dockerfile: ${unknown} may be newer: its commit is not known here; to change it, use --version or --sha`,
    ]);
    world.git.commit('Consume 0.2.0');
  });

  test('every client installs and runs what was written', { timeout: TIMEOUT }, async () => {
    await runAll(CI);
    expect(world.git.git('status', '--porcelain')).toBe('');
  });

  test('a second run changes nothing', { timeout: TIMEOUT }, async () => {
    const report = await world.consume();
    expect(report).toMatchObject({ problems: [], files: [], diff: '' });
    expect(report.same).toBeGreaterThan(8);
    expect(world.git.git('status', '--porcelain')).toBe('');
  });

  test('a dev build by its commit, and back', { timeout: TIMEOUT }, async () => {
    world.git.write('sdk/index.js', 'export const answer = 42;\n// next\n');
    world.git.commit('The next change', '2025-11-14T16:32:11+01:00');
    const dev = await world.dev();
    const report = await world.consume({ target: { sha: dev } });
    expect(report.problems).toEqual([]);
    expect(report.release).toMatchObject({ kind: 'dev', sha: dev });
    await runAll(CI);
    expect(world.git.git('diff', 'services/worker/go.mod')).toMatch(
      /\+require github\.com\/example\/go v0\.2\.1-0\.\d{14}-[0-9a-f]{12} \/\/ ours/,
    );
    const [{ digest = '' } = {}] = report.release.artifacts.flatMap(({ tags = [] }) => tags);
    world.git.write('services/web/pinned.Dockerfile', `FROM ${world.image}@${digest}\n`);
    world.git.commit('Consume a dev build');
    const stays = await world.consume();
    expect(stays.files).toEqual([]);
    const newer = stays.kept.filter(({ reason }) => / is newer; /.test(reason));
    expect(newer.map(({ path }) => path).toSorted()).toEqual([
      'pnpm-workspace.yaml',
      'services/api/pyproject.toml',
      'services/jobs/requirements.txt',
      'services/npm/package.json',
      'services/web/Dockerfile',
      'services/web/Dockerfile',
      'services/web/compose.yaml',
      'services/web/package.json',
      'services/web/pinned.Dockerfile',
      'services/worker/go.mod',
      'services/yarn/package.json',
    ]);
    expect(stays.kept.find(({ path }) => path.includes('pinned'))?.reason).toBe(
      'its digest is newer; to go back, use --version or --sha',
    );
    world.git.git('checkout', '--', '.');
    const back = await world.consume({ target: { version: '0.2.0' } });
    expect(back.problems).toEqual([]);
    await runAll(CI);
  });

  test('nothing is written if a registry lacks an artifact', { timeout: TIMEOUT }, async () => {
    world.git.git('checkout', '--', '.');
    world.git.write(
      'sdk/package.json',
      textOf('sdk/package.json', 'HEAD').replace('0.2.0', '0.3.0'),
    );
    world.git.commit('Not published', '2025-11-15T16:32:11+01:00');
    world.git.git('tag', 'v0.3.0');
    const report = await world.consume();
    expect(report.exitCode).toBe(3);
    expect(new Set(report.problems.map(({ code }) => code))).toEqual(
      new Set(['consume-not-published']),
    );
    expect(world.git.git('status', '--porcelain')).toBe('');
  });
});

/** The changes, by hand. */
function expected(path: string, before: string, image: string, sha: string): string {
  if (path === 'services/web/compose.yaml') return before.replace(`${image}:dev`, `${image}:0.2.0`);
  if (path === 'services/npm/package.json') return before.replace('"^0.1.0"', '"0.2.0"');
  if (path === 'services/jobs/requirements.txt') return before.replace('== 0.1.0', '==0.2.0');
  if (path === 'pnpm-workspace.yaml') return before.replace("': ^0.1.0 #", "': 0.2.0 #");
  if (path === 'services/web/Dockerfile') return before.replace('TAG=0.1.0', 'TAG=0.2.0');
  if (path === 'deploy/production/web.yaml')
    return before
      .replace(`${image}:0.1.0`, `${image}:0.2.0`)
      .replace(
        '  template:\n',
        `  template:\n    metadata:\n      annotations:\n        ameide.io/image-sha: ${sha}\n`,
      );
  return before.replace('0.1.0', '0.2.0');
}
