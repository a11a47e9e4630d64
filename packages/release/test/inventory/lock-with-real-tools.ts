import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { component } from '@ameide/local-registries/components';

const exec = promisify(execFile);

/** Where the package managers look. */
export interface Sources {
  readonly npm: string;
  readonly simple: string;
  /** Of the Go module's repository, in place of github.com/example/go. */
  readonly goMirror: string;
}

/** Writes the lockfiles of consumers with the real package managers. */
export interface Locks extends AsyncDisposable {
  npm(folder: string, dependencies: Readonly<Record<string, string>>): Promise<void>;
  pnpm(folder: string, dependencies: Readonly<Record<string, string>>): Promise<void>;
  yarn(folder: string, dependencies: Readonly<Record<string, string>>): Promise<void>;
  uv(folder: string, requirement: string): Promise<void>;
  poetry(folder: string, name: string, version: string): Promise<void>;
  requirements(folder: string, requirement: string): Promise<void>;
  go(folder: string, module: string, query: string): Promise<void>;
}

export async function lockWith(root: string, sources: Sources): Promise<Locks> {
  const home = await mkdtemp(join(tmpdir(), 'ameide-locks-'));
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    npm_config_registry: sources.npm,
    pnpm_config_registry: sources.npm,
    pnpm_config_minimum_release_age: '0',
    YARN_NPM_REGISTRY_SERVER: sources.npm,
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    YARN_NPM_MINIMAL_AGE_GATE: '0',
    YARN_ENABLE_TELEMETRY: '0',
    YARN_IGNORE_PATH: '1',
    UV_DEFAULT_INDEX: sources.simple,
    UV_CACHE_DIR: join(home, 'uv'),
    GOPROXY: 'direct',
    GOSUMDB: 'off',
    GOFLAGS: '-mod=mod -modcacherw',
    GOTOOLCHAIN: 'local',
    GOMODCACHE: join(home, 'modules'),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.${sources.goMirror}.insteadOf`,
    GIT_CONFIG_VALUE_0: 'https://github.com/example/go',
  };
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const run = async (
    folder: string,
    [program, ...args]: readonly [string, ...string[]],
  ): Promise<string> =>
    (await exec(program, args, { cwd: join(root, folder), env, encoding: 'utf8' })).stdout;
  const manifest = async (
    folder: string,
    dependencies: Readonly<Record<string, string>>,
  ): Promise<void> => {
    const name = folder.slice(folder.lastIndexOf('/') + 1);
    await write(
      `${folder}/package.json`,
      `${JSON.stringify({ name, version: '1.0.0', private: true, dependencies }, null, 2)}\n`,
    );
  };
  const project = (name: string, dependencies: readonly string[]): string =>
    `[project]\nname = "${name}"\nversion = "1.0.0"\nrequires-python = ">=3.9"\ndependencies = ${JSON.stringify(dependencies)}\n`;
  return {
    async npm(folder, dependencies) {
      await manifest(folder, dependencies);
      await run(folder, ['npm', 'install', '--package-lock-only', '--no-audit', '--no-fund']);
    },
    async pnpm(folder, dependencies) {
      await manifest(folder, dependencies);
      await write(`${folder}/pnpm-workspace.yaml`, 'packages: [.]\nminimumReleaseAge: 0\n');
      await run(folder, ['pnpm', 'install', '--lockfile-only']);
    },
    async yarn(folder, dependencies) {
      await manifest(folder, dependencies);
      await write(`${folder}/yarn.lock`, '');
      await run(folder, [component('yarn').path ?? 'yarn', 'install', '--mode', 'update-lockfile']);
    },
    async uv(folder, requirement) {
      await write(`${folder}/pyproject.toml`, project('uv-service', [requirement]));
      await run(folder, ['uv', 'lock', '--no-config']);
    },
    async poetry(folder, name, version) {
      const source = `\n[tool.poetry]\npackage-mode = false\n\n[[tool.poetry.source]]\nname = "local"\nurl = "${sources.simple}"\n`;
      await write(
        `${folder}/pyproject.toml`,
        project('poetry-service', [`${name}==${version}`]) + source,
      );
      await run(folder, ['poetry', 'lock', '--no-interaction']);
    },
    async requirements(folder, requirement) {
      await write(`${folder}/requirements.in`, `${requirement}\n`);
      await run(folder, [
        'uv',
        'pip',
        'compile',
        '--no-config',
        '--prerelease',
        'allow',
        '--generate-hashes',
        '--quiet',
        'requirements.in',
        '-o',
        'requirements.txt',
      ]);
    },
    async go(folder, module, query) {
      await write(`${folder}/go.mod`, `module example.com/${folder}\n\ngo 1.21\n`);
      await write(`${folder}/main.go`, `package main\n\nimport _ "${module}"\n\nfunc main() {}\n`);
      await run(folder, ['go', 'get', `${module}@${query}`]);
    },
    async [Symbol.asyncDispose]() {
      await rm(home, { recursive: true, force: true });
    },
  };
}
