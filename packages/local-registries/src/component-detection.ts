import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { dockerEngineAnswers } from './docker-engine.ts';

/**
 * A program or service that a test or the demo may need. `ocireg` is go-containerregistry's command
 * `registry`.
 */
export type ComponentName =
  | 'git'
  | 'go'
  | 'go-yaml'
  | 'python'
  | 'packaging'
  | 'pyyaml'
  | 'pip'
  | 'python-build'
  | 'uv'
  | 'twine'
  | 'poetry'
  | 'npm'
  | 'pnpm'
  | 'pypiserver'
  | 'devpi'
  | 'docker-registry'
  | 'ocireg'
  | 'docker-engine'
  | 'skopeo'
  | 'crane'
  | 'oras'
  | 'distribution'
  | 'actionlint'
  | 'zizmor'
  | 'cargo'
  | 'yarn'
  | 'bun'
  | 'git-lfs'
  | 'docker-build'
  | 'gitea'
  | 'pulp';

export interface Component {
  readonly available: boolean;
  /**
   * The path of the program. For a Python module, the interpreter that imports it; for Docker
   * Engine, its socket; for Go modules, the folder of all of them.
   */
  readonly path?: string;
  /**
   * The command line that starts it, `path` first: `['/usr/bin/python3', '-m', 'pip']`. Absent for
   * Docker Engine and Go modules.
   */
  readonly command?: readonly string[];
  /** The command that installs it. */
  readonly install: string;
  /** True if it is large, or takes minutes to build: without it, tests are skipped, even in CI. */
  readonly isOptional: boolean;
}

type Found = Pick<Component, 'path' | 'command'> | undefined;

interface Recipe {
  readonly install: string;
  readonly isOptional?: true;
  find(): Found;
}

const PYTHON_MODULES = [
  'packaging',
  'yaml',
  'pip',
  'build',
  'twine',
  'pypiserver',
  'passlib',
] as const;
type PythonModule = (typeof PYTHON_MODULES)[number];

/** What Go programs read YAML with, for a program that a test builds without a network. */
const GO_YAML = [
  'gopkg.in/yaml.v3@v3.0.1',
  'sigs.k8s.io/yaml@v1.6.0',
  'go.yaml.in/yaml/v2@v2.4.2',
] as const;

const RECIPES: Readonly<Record<ComponentName, Recipe>> = {
  git: { install: 'apt-get install git', find: () => program('git') },
  go: { install: 'see https://go.dev/dl/', find: () => program('go') },
  'go-yaml': { install: `go mod download ${GO_YAML.join(' ')}`, find: goYaml },
  python: { install: 'apt-get install python3', find: () => program(...pythonNames) },
  packaging: { install: 'python3 -m pip install packaging', find: () => pythonModule('packaging') },
  pyyaml: { install: 'python3 -m pip install pyyaml', find: () => pythonModule('yaml') },
  pip: { install: 'apt-get install python3-pip', find: () => pythonModule('pip') },
  'python-build': { install: 'python3 -m pip install build', find: () => pythonModule('build') },
  uv: { install: 'python3 -m pip install uv', find: () => program('uv') },
  twine: { install: 'python3 -m pip install twine', find: () => pythonModule('twine') },
  poetry: {
    install: 'uv tool install poetry, or pipx install poetry',
    find: () => program('poetry'),
  },
  npm: { install: 'comes with Node.js: https://nodejs.org', find: () => program('npm') },
  pnpm: { install: 'npm install --global pnpm@12', find: () => program('pnpm') },
  pypiserver: { install: 'python3 -m pip install "pypiserver[passlib]"', find: pypiserver },
  devpi: {
    install: 'python3 -m pip install devpi-server',
    find: () => (program('devpi-init') ? program('devpi-server') : undefined),
  },
  'docker-registry': {
    install: 'apt-get install docker-registry',
    find: () => program('docker-registry'),
  },
  ocireg: {
    install: 'go install github.com/google/go-containerregistry/cmd/registry@v0.22.1',
    find: ocireg,
  },
  'docker-engine': { install: 'apt-get install docker.io, then start dockerd', find: dockerEngine },
  skopeo: { install: 'apt-get install skopeo', find: () => program('skopeo') },
  cargo: { install: 'see https://rustup.rs', find: () => program('cargo') },
  yarn: { install: 'npm install --global @yarnpkg/cli-dist@4', find: yarn },
  bun: { install: 'npm install --global bun@1', find: () => program('bun') },
  'git-lfs': { install: 'apt-get install git-lfs', find: () => program('git-lfs') },
  'docker-build': {
    install: 'apt-get install docker.io, and docker-buildx where Debian has it',
    find: dockerBuild,
  },
  crane: {
    install: 'go install github.com/google/go-containerregistry/cmd/crane@v0.22.1',
    find: () => program('crane'),
  },
  oras: { install: 'go install oras.land/oras/cmd/oras@v1.3.6', find: () => program('oras') },
  distribution: {
    install: `GOBIN=${optionalFolder('distribution')} go install github.com/distribution/distribution/v3/cmd/registry@v3.0.0`,
    find: () => optionalProgram('distribution', 'registry'),
  },
  actionlint: {
    install: 'go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12',
    find: () => program('actionlint'),
  },
  zizmor: {
    install: 'uv tool install zizmor==1.32.0, or pipx install zizmor==1.32.0',
    find: () => program('zizmor'),
  },
  gitea: {
    install: 'npx -y pnpm@12 test:gitea',
    isOptional: true,
    find: () => optionalProgram('gitea', 'gitea'),
  },
  pulp: {
    install: 'apt-get install postgresql, then npx -y pnpm@12 test:pulp',
    isOptional: true,
    find: pulp,
  },
};

const pythonNames = ['python3', 'python'] as const;

/** Every component's name, in the order of the table above. */
export const COMPONENT_NAMES: readonly ComponentName[] = Object.keys(RECIPES) as ComponentName[];

/**
 * Looks for a component on this machine: on PATH, in Go's `bin` folder, among Python's modules, or
 * on Docker Engine's socket. Uses no network. Caches the first answer for the whole process.
 */
export const component: (name: ComponentName) => Component = memoize((name) => {
  const recipe = RECIPES[name];
  const { install, isOptional = false } = recipe;
  const found = recipe.find();
  return { available: found !== undefined, ...found, install, isOptional };
});

const program: (...names: readonly string[]) => Found = memoize((...names) => {
  for (const folder of searchPath()) {
    for (const name of names) {
      const path = join(folder, name);
      if (isProgram(path)) return { path, command: [path] };
    }
  }
  return undefined;
});

const searchPath: () => readonly string[] = memoize(() => {
  const path = pathFolders();
  const go = path.map((folder) => join(folder, 'go')).find(isProgram);
  if (go === undefined) return path;
  const [bin = '', workspaces = ''] = output(go, ['env', 'GOBIN', 'GOPATH']).split('\n');
  return [
    ...path,
    ...(bin === '' ? [] : [bin]),
    ...workspaces.split(delimiter).map((folder) => join(folder, 'bin')),
  ];
});

/**
 * Returns the modules of `PYTHON_MODULES` that the first Python on PATH can import, by one process.
 */
const pythonModules: () => ReadonlySet<string> = memoize(() => {
  const python = program(...pythonNames)?.path;
  if (python === undefined) return new Set();
  // Otherwise Python would import a folder called build in the working directory.
  const script =
    'import importlib.util, sys; sys.path.remove(""); print("\\n".join(m for m in sys.argv[1:] if importlib.util.find_spec(m)))';
  return new Set(output(python, ['-c', script, ...PYTHON_MODULES]).split(/\s+/));
});

function pythonModule(name: PythonModule): Found {
  const python = program(...pythonNames)?.path;
  return python !== undefined && pythonModules().has(name)
    ? { path: python, command: [python, '-m', name] }
    : undefined;
}

function pypiserver(): Found {
  // Without passlib pypiserver starts but cannot read the password file.
  if (pythonModules().has('passlib')) return pythonModule('pypiserver') ?? program('pypi-server');
  return pythonModules().has('pypiserver') ? undefined : program('pypi-server');
}

function ocireg(): Found {
  const found = program('registry');
  // Distribution's own server has the same name; only go-containerregistry's accepts -port.
  return found?.path !== undefined && /^\s*-port\b/m.test(output(found.path, ['-help']))
    ? found
    : undefined;
}

/** Finds Go's cache of modules, if it has the sources of these. */
function goYaml(): Found {
  const go = program('go')?.path;
  if (go === undefined) return undefined;
  const path = output(go, ['env', 'GOMODCACHE']).trim();
  return GO_YAML.every((name) => existsSync(join(path, name))) ? { path } : undefined;
}

function yarn(): Found {
  const found = program('yarn');
  // Yarn 1 is a different program.
  return found?.path !== undefined && !output(found.path, ['--version']).startsWith('1.')
    ? found
    : undefined;
}

/**
 * Returns the folder, outside of the checkout and of PATH, for a server that takes minutes to
 * build, or whose program has the name of another.
 */
export function optionalFolder(name: string): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(cache, 'ameide-publishing', 'optional', name);
}

function optionalProgram(folder: string, name: string): Found {
  const path = join(optionalFolder(folder), name);
  return isProgram(path) ? { path, command: [path] } : undefined;
}

/** Pulp needs a PostgreSQL to start on. */
function pulp(): Found {
  const path = join(optionalFolder('pulp'), 'bin/pulpcore-api');
  return isProgram(path) && postgresqlFolder() !== undefined
    ? { path, command: [path] }
    : undefined;
}

/** Returns the folder of PostgreSQL's `initdb` and `postgres`: Debian keeps them off PATH. */
export function postgresqlFolder(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  const folders = [...pathFolders(), ...versions.map((version) => join(debian, version, 'bin'))];
  return folders.find((folder) => isProgram(join(folder, 'initdb')));
}

/**
 * Finds a `docker` that can build with BuildKit: before version 23 by itself, later with buildx.
 */
function dockerBuild(): Found {
  const path = searchPath()
    .map((folder) => join(folder, 'docker'))
    .find((docker) => isProgram(docker) && usesBuildKit(docker));
  return path === undefined ? undefined : { path, command: [path] };
}

function usesBuildKit(docker: string): boolean {
  const [, major] = /^Docker version (\d+)/.exec(output(docker, ['--version'])) ?? [];
  if (major !== undefined && Number(major) < 23) return true;
  return output(docker, ['buildx', 'version']).startsWith('github.com/docker/buildx ');
}

function dockerEngine(): Found {
  const address = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  return dockerEngineAnswers(address) ? { path: address } : undefined;
}

function pathFolders(): readonly string[] {
  return (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Returns stdout and stderr of a quick local command; empty if it cannot run. */
function output(path: string, args: readonly string[]): string {
  const result = spawnSync(path, args, {
    encoding: 'utf8',
    timeout: 10_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return `${result.stdout ?? ''}${result.stderr ?? ''}`;
}

function memoize<A extends readonly string[], R>(compute: (...names: A) => R): (...names: A) => R {
  const known = new Map<string, R>();
  return (...names) => {
    const key = names.join('\0');
    if (!known.has(key)) known.set(key, compute(...names));
    return known.get(key) as R;
  };
}
