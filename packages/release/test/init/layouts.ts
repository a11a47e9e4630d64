import { cp, mkdir, mkdtemp, readdir, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ComponentName } from '@ameide/local-registries/components';
import { runGit } from '@ameide/publisher-kit/testing';
import { onTestFinished } from 'vitest';

/** A public repository's layout, recreated small in `fixtures`. */
export interface Layout {
  readonly name: string;
  /** The repository that has this layout. */
  readonly after: string;
  /** The definition's file; what it says is in `expected`. */
  readonly file: string;
  /** What it publishes, as `init --json` names it. */
  readonly publishes: readonly string[];
  /** Tags on the commit before the newest. */
  readonly tags?: readonly string[];
  readonly flags?: readonly string[];
  /** What its dev build needs; absent where `prepare` needs more than this machine has. */
  readonly builds?: readonly ComponentName[];
  /** Writes the lockfile, which the real tool makes. */
  readonly lock?: readonly [string, ...string[]];
}

export const LAYOUTS: readonly Layout[] = [
  {
    name: 'pnpm',
    after: 'modelcontextprotocol/typescript-sdk',
    file: 'release.config.ts',
    publishes: ['npm:@acme/mcp-core', 'npm:@acme/mcp-hono', 'npm:@acme/mcp-server'],
    builds: ['pnpm'],
    lock: ['pnpm', 'install', '--lockfile-only', '--offline'],
  },
  {
    name: 'chain',
    after: 'trpc/trpc',
    file: 'release.config.ts',
    publishes: ['npm:@acme/rpc-client', 'npm:@acme/rpc-next', 'npm:@acme/rpc-server'],
    builds: ['pnpm'],
    lock: ['pnpm', 'install', '--lockfile-only', '--offline'],
  },
  {
    name: 'npm',
    after: 'connectrpc/connect-es',
    file: 'release.config.ts',
    publishes: ['npm:@acme/connect', 'npm:@acme/connect-node'],
    builds: ['npm'],
    lock: ['npm', 'install', '--package-lock-only', '--offline', '--no-audit', '--no-fund'],
  },
  {
    name: 'lerna',
    after: 'jestjs/jest',
    file: 'release.config.mts',
    publishes: ['npm:expect-acme', 'npm:@acme/expect-utils'],
  },
  {
    name: 'yarn',
    after: 'getsentry/sentry-javascript',
    file: 'release.config.mts',
    publishes: ['npm:@acme/sentry-browser', 'npm:@acme/sentry-core'],
  },
  {
    name: 'nx',
    after: 'nrwl/nx-console',
    file: 'release.config.mts',
    publishes: ['npm:@acme/import-plugin'],
  },
  {
    name: 'uv',
    after: 'pydantic/pydantic-ai',
    file: 'release.config.json',
    publishes: ['pypi:acme-ai', 'pypi:acme-ai-slim', 'pypi:acme-graph'],
    tags: ['v1.2.2', 'v1.2.3'],
    builds: ['uv'],
  },
  {
    name: 'go',
    after: 'open-telemetry/opentelemetry-go-contrib',
    file: 'release.config.json',
    publishes: ['go:github.com/acme/contrib', 'go:github.com/acme/contrib/bridges/slog'],
    tags: ['v1.38.0', 'bridges/slog/v1.38.0', 'detectors/aws/v2.1.0'],
    builds: ['go'],
  },
  {
    name: 'plain',
    after: 'sindresorhus/execa',
    file: 'release.config.ts',
    publishes: ['npm:acme-execa'],
    builds: ['npm'],
  },
  {
    name: 'polyglot',
    after: 'dagger/dagger',
    file: 'release.config.json',
    publishes: ['npm:@acme/engine', 'pypi:acme-engine', 'go:github.com/acme/engine'],
    tags: ['v0.19.0'],
    builds: ['npm', 'uv', 'go'],
  },
];

const TIMES = ['2025-11-12T10:00:00+00:00', '2025-11-13T15:32:11+00:00'];

/** A clone of the layout's repository, removed after the test. */
export async function createLayout(
  { name, tags = [] }: Pick<Layout, 'name' | 'tags'>,
  origin: string,
  lock: (directory: string) => Promise<void> = async () => {},
): Promise<string> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'ameide-init-')));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const directory = join(home, 'source');
  await cp(join(import.meta.dirname, 'fixtures', name), directory, { recursive: true });
  const git = (at: number, ...args: string[]): void =>
    void runGit(directory, args, {
      GIT_AUTHOR_DATE: TIMES[at] ?? '',
      GIT_COMMITTER_DATE: TIMES[at] ?? '',
    });
  git(0, 'init', '--quiet', '--initial-branch', 'main');
  git(0, 'remote', 'add', 'origin', origin);
  git(0, 'add', '--all');
  git(0, 'commit', '--quiet', '--message', 'Everything');
  for (const tag of tags) git(0, 'tag', tag);
  await lock(directory);
  git(1, 'add', '--all');
  git(1, 'commit', '--quiet', '--allow-empty', '--message', 'Work');
  return directory;
}

/** Does what `npm install` of the published packages would do. */
export async function installOurPackages(directory: string): Promise<void> {
  const packages = join(import.meta.dirname, '../../..');
  const scope = join(directory, 'node_modules/@ameide');
  await mkdir(scope, { recursive: true });
  for (const name of await readdir(packages))
    await symlink(join(packages, name), join(scope, name));
}
