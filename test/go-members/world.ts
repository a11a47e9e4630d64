import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGitHost } from '@ameide/local-registries';
import { type GoModuleOptions, goModule } from '@ameide/publisher-go';
import { createTestRepository, runGit, type TestRepository } from '@ameide/publisher-kit/testing';
import { publishRelease, type ReleaseOptions, type ReleaseReport } from '@ameide/release';
import { type Go, openGo } from '../../packages/publisher-go/test/go-command.ts';

/** Modules of one repository, by their folder: `sdk`, `core`. */
export type Modules = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A repository of Go modules, each with a mirror on a git host, and the `go` of a consumer. */
export interface World extends AsyncDisposable {
  readonly repository: TestRepository;
  readonly go: Go;
  readonly folders: readonly string[];
  /** The module path of a folder. */
  path(folder: string): string;
  /** The bare repository of a mirror. */
  bare(folder: string): string;
  /** Runs `go mod tidy` in the folders, in this order, as a developer does before a commit. */
  tidy(folders: readonly string[]): Promise<void>;
  /** What a command about HEAD gets, for all modules or only some. */
  release(ref: string, options?: PublishOptions): Promise<ReleaseOptions>;
  /** Publishes HEAD. */
  publish(ref: string, options?: PublishOptions): Promise<ReleaseReport>;
  /** All refs of all mirrors. */
  refs(): readonly string[];
  /** A clone of a mirror at a tag or branch. */
  clone(folder: string, ref: string): string;
}

interface PublishOptions {
  readonly only?: readonly string[];
  readonly goModule?: Readonly<Record<string, Partial<GoModuleOptions>>>;
  readonly prepare?: readonly (readonly [string, ...string[]])[];
  /** Folders whose module has no mirror. */
  readonly inPlace?: readonly string[];
}

/** A module of somebody else. */
export const OTHER = 'github.com/other/dep';

export async function openWorld(modules: Modules): Promise<World> {
  const root = mkdtempSync(join(tmpdir(), 'go-members-'));
  const folders = Object.keys(modules);
  const repository = createTestRepository({ origin: 'https://github.com/acme/mono.git' });
  const host = await startGitHost({
    repositories: ['other/dep', ...folders.map((folder) => `acme/${folder}`)],
  });
  const path = (folder: string): string => `github.com/acme/${folder}`;
  const bare = (folder: string): string => host.path(`acme/${folder}`);
  await publishOther(host.path('other/dep'), root);
  const goHome = join(root, 'go');
  mkdirSync(goHome);
  const go = openGo(goHome, { 'github.com/': `${host.url}/` });
  for (const [folder, files] of Object.entries(modules))
    for (const [name, text] of Object.entries(files)) repository.write(`${folder}/${name}`, text);
  repository.write('package.json', { name: 'mono', version: '0.1.0' });
  const release: World['release'] = async (
    ref,
    { only = [], goModule: options = {}, prepare = [], inPlace = [] } = {},
  ) => ({
    repository: await repository.open(),
    definition: {
      versionFile: 'package.json',
      prepare,
      publishers: folders.map((folder) =>
        goModule({
          directory: folder,
          ...(inPlace.includes(folder)
            ? { remote: `${host.url}/acme/mono.git` }
            : { mirror: `${host.url}/acme/${folder}.git` }),
          token: host.token,
          ...options[folder],
        }),
      ),
    },
    ref,
    only: only.map((folder) => `go:${path(folder)}`),
    env: {},
  });
  return {
    repository,
    go,
    folders,
    path,
    bare,
    async tidy(order) {
      for (const folder of order) await go.run(['mod', 'tidy'], join(repository.directory, folder));
    },
    release,
    publish: async (ref, options) => publishRelease(await release(ref, options)),
    refs: () => folders.flatMap((folder) => runGit(bare(folder), ['for-each-ref']).split('\n')),
    clone(folder, ref) {
      const directory = mkdtempSync(join(root, 'clone-'));
      runGit(root, ['clone', '--quiet', '--branch', ref, bare(folder), directory]);
      return directory;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([repository, host].map((one) => one[Symbol.asyncDispose]()));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function publishOther(bare: string, root: string): Promise<void> {
  await using other = createTestRepository();
  other.commit({
    files: { 'go.mod': `module ${OTHER}\n\ngo 1.21\n`, 'dep.go': 'package dep\n\nconst D = 40\n' },
  });
  other.git('push', '--quiet', bare, 'HEAD:refs/tags/v1.0.0');
  if (!root.startsWith(tmpdir())) throw new Error(root);
}

/** `sdk` needs `mid`, which needs `core`, which needs somebody else's module. */
export function chain(goMod: (folder: string, requires: readonly string[]) => string): Modules {
  return {
    sdk: {
      'go.mod': goMod('sdk', ['mid']),
      'sdk.go':
        'package sdk\n\nimport "github.com/acme/mid"\n\n// Answer is 42.\nconst Answer = mid.M + 1\n',
    },
    mid: {
      'go.mod': goMod('mid', ['core']),
      'mid.go': 'package mid\n\nimport "github.com/acme/core"\n\n// M is 41.\nconst M = core.C\n',
    },
    core: {
      'go.mod': goMod('core', []),
      'core.go': `package core\n\nimport dep "${OTHER}"\n\n// C is 41.\nconst C = dep.D + 1\n`,
      'sub/sub.go': 'package sub\n',
    },
  };
}

/** Each module requires placeholders, which `replace` leads to the folders beside it. */
export function replaced(): Modules {
  return chain(
    (folder) => `module github.com/acme/${folder}

go 1.21

// The folders beside this one.
replace (
	github.com/acme/core => ../core
	github.com/acme/mid => ../mid
)
`,
  );
}
