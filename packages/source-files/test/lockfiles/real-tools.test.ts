import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { component, needs } from '@ameide/local-registries/components';
import { readLockfiles } from '@ameide/source-files/lockfiles';
import { afterAll, expect, it } from 'vitest';
import { folderFiles } from './source-files.ts';

// Each package manager says from its lockfile alone, offline, what a project gets. Ours must be the same set.

const work = mkdtempSync(join(tmpdir(), 'lockfiles-'));
cpSync(fileURLToPath(new URL('./fixtures', import.meta.url)), work, { recursive: true });
afterAll(() => rmSync(work, { recursive: true }));

const PROJECTS = ['', 'packages/sdk', 'services/api', 'services/web'];

async function ours(fixture: string, lockfile: string, project: string): Promise<Set<string>> {
  const { lockfiles } = await readLockfiles(folderFiles(join(work, fixture)));
  const one = lockfiles.find(({ path }) => path === lockfile);
  return new Set(
    (one?.packagesOf(project) ?? [])
      .filter(({ source }) => source !== 'workspace')
      .map(({ name, version }) => `${name}@${version}`),
  );
}

function output(fixture: string, project: string, argv: readonly [string, ...string[]]): string {
  const [program, ...args] = argv;
  return execFileSync(program, args, {
    cwd: join(work, fixture, project),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, YARN_ENABLE_NETWORK: '0', UV_OFFLINE: '1' },
  });
}

interface Listed {
  readonly version?: string;
  readonly from?: string;
  readonly resolved?: string;
  readonly [group: string]: unknown;
}

/** The tree that `pnpm ls` and `npm ls` print, without links. */
function listed(tree: Listed, found = new Set<string>()): Set<string> {
  for (const group of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    for (const [key, one] of Object.entries((tree[group] ?? {}) as Record<string, Listed>)) {
      const { from, resolved = '', version = '' } = one;
      const [, named] = /\/((?:@[^/]+\/)?[^/]+)\/-\//.exec(resolved) ?? [];
      const isLink = /^(?:link|file):/.test(version) || resolved.startsWith('file:');
      if (!isLink && version !== '') found.add(`${named ?? from ?? key}@${version}`);
      listed(one, found);
    }
  }
  return found;
}

/** These tools also list what only the development of a linked package needs. */
function developmentOf(project: string): readonly string[] {
  return project === 'services/web' ? ['is-windows@1.0.2'] : [];
}

needs('pnpm')('pnpm ls', () => {
  it.each(PROJECTS)('agrees on %j', async (project) => {
    const argv = ['pnpm', 'ls', '--depth', 'Infinity', '--json', '--lockfile-only'] as const;
    const [tree] = JSON.parse(output('pnpm-9', project, [...argv])) as readonly Listed[];
    const own = await ours('pnpm-9', 'pnpm-lock.yaml', project);
    expect(new Set([...own, ...developmentOf(project)])).toEqual(listed(tree ?? {}));
  });
});

it.each(PROJECTS.slice(1))('npm ls agrees on %j', async (project) => {
  const argv = ['npm', 'ls', '--all', '--package-lock-only', '--json', '-w', project] as const;
  const theirs = listed(JSON.parse(output('npm-3', '', [...argv])) as Listed);
  const own = await ours('npm-3', 'package-lock.json', project);
  // npm names an alias as it is installed.
  if (theirs.delete('odd@0.1.2')) theirs.add('is-odd@0.1.2');
  expect(new Set([...own, ...developmentOf(project)])).toEqual(theirs);
});

needs('yarn')('yarn info', () => {
  it.each(PROJECTS)('agrees on %j', async (project) => {
    const yarn = component('yarn').path ?? 'yarn';
    const lines = output('yarn-4', project, [yarn, 'info', '-R', '--json']).trim().split('\n');
    const theirs = lines
      .map((line) => JSON.parse(line) as { value: string; children: { Version: string } })
      .filter(({ value }) => !value.includes('@workspace:'))
      .map(({ children, value }) => `${value.slice(0, value.indexOf('@', 1))}@${children.Version}`);
    const own = await ours('yarn-4', 'yarn.lock', project);
    expect(new Set([...own, ...developmentOf(project)])).toEqual(new Set(theirs));
  });
});

needs('uv')('uv export', () => {
  it.each([
    ['', 'acme'],
    ['packages/sdk', 'acme-sdk'],
    ['services/api', 'api'],
    ['services/web', 'web-service'],
  ])('agrees on %j', async (project, name) => {
    const groups = project === '' ? ['--all-groups'] : ['--no-default-groups', '--group', 'dev'];
    const own = project === 'packages/sdk' || project === '' ? groups : ['--no-default-groups'];
    const argv = ['uv', 'export', '--frozen', '--package', name, '--all-extras', ...own] as const;
    const text = output('python/uv', '', [...argv, '--no-hashes', '--no-header', '--no-annotate']);
    const theirs = [...text.matchAll(/^([\w.-]+)(?:==([^\s;]+)| @ .*\/\w+-([\d.]+)-py)/gm)].map(
      ([, name, version, addressed]) => `${name ?? ''}@${version ?? addressed ?? ''}`,
    );
    expect(await ours('python', 'uv/uv.lock', project === '' ? 'uv' : `uv/${project}`)).toEqual(
      new Set(theirs),
    );
  });
});

needs('go')('go list', () => {
  it.each([
    ['sdk', ''],
    ['services/web', 'sdk'],
  ])('takes the modules of the workspace for %j from their folders', async (project, linked) => {
    const argv = ['go', 'list', '-m', '-f', '{{.Dir}}'] as const;
    const folders = output('go', project, [...argv])
      .trim()
      .split('\n');
    expect(folders).toContain(join(work, 'go', project));
    const { lockfiles } = await readLockfiles(folderFiles(join(work, 'go')));
    const found = lockfiles[0]?.packagesOf(project) ?? [];
    const directories = found.flatMap(({ directory }) => directory ?? []);
    expect(directories).toEqual(linked === '' ? [] : [linked]);
    for (const directory of directories) expect(folders).toContain(join(work, 'go', directory));
  });
});
