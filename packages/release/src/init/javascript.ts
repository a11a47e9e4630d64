import { isObject, type JsonObject, parseManifestJson } from '@ameide/source-files/json';
import { openWorkspace, type PackageManager } from '@ameide/source-files/npm';
import { InvalidInputError, pathIn, type SourceFiles } from '@ameide/versioning-core';

/** The parts of a package.json that decide how it is built and published. */
export interface Manifest {
  readonly json: JsonObject;
  readonly scripts: Readonly<Record<string, string>>;
  /** The names in all of its lists of dependencies. */
  readonly dependencies: ReadonlySet<string>;
}

/** A workspace, or a package of its own, and how it is installed. */
export interface JavaScript {
  /** Its root, relative to the repository's; `''` for that. */
  readonly directory: string;
  readonly manager: PackageManager;
  /** `12.21.0`, from `packageManager`; absent if it names none. */
  readonly version?: string;
  /** Yarn 1, which has other commands. */
  readonly isYarnClassic: boolean;
  readonly hasLockfile: boolean;
  /** Its root's. */
  readonly root: Manifest;
  /** True if the root has packages in other folders. */
  readonly hasMembers: boolean;
  /** True if Node takes a `.ts` file at the root for an ECMAScript module. */
  readonly isModule: boolean;
  readonly usesTypeScript: boolean;
}

const LOCKFILES: Readonly<Record<PackageManager, readonly string[]>> = {
  pnpm: ['pnpm-lock.yaml'],
  npm: ['package-lock.json', 'npm-shrinkwrap.json'],
  yarn: ['yarn.lock'],
  bun: ['bun.lock', 'bun.lockb'],
};

/** Reads the workspace that a folder belongs to. Throws `InvalidInputError` if its settings cannot be read. */
export async function readJavaScript(
  files: SourceFiles,
  paths: ReadonlySet<string>,
  folder: string,
): Promise<JavaScript> {
  const { settings } = await openWorkspace(files, folder);
  const { manager, packer } = settings;
  // Without a workspace the package is installed in its own folder.
  const directory = settings.globs.length > 0 ? settings.root : folder;
  const root = await readManifest(files, pathIn(directory, 'package.json'));
  const version = versionOf(root.json, manager);
  return {
    directory,
    manager,
    ...(version === undefined ? {} : { version }),
    isYarnClassic: manager === 'yarn' && packer === 'npm',
    hasLockfile: LOCKFILES[manager].some((name) => paths.has(pathIn(directory, name))),
    root,
    hasMembers: settings.globs.length > 0,
    isModule: root.json['type'] === 'module',
    usesTypeScript: [...paths].some((path) => /(?:^|\/)tsconfig[^/]*\.json$/.test(path)),
  };
}

/** Reads one that `findPackages` reports as a problem as an empty one. */
export async function readManifest(files: SourceFiles, path: string): Promise<Manifest> {
  const json = await parse(files, path);
  const scripts = isObject(json['scripts']) ? json['scripts'] : {};
  return {
    json,
    scripts: Object.fromEntries(
      Object.entries(scripts).filter((entry): entry is [string, string] => {
        const [, script] = entry;
        return typeof script === 'string';
      }),
    ),
    dependencies: new Set(
      ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'].flatMap(
        (name) => Object.keys(isObject(json[name]) ? json[name] : {}),
      ),
    ),
  };
}

async function parse(files: SourceFiles, path: string): Promise<JsonObject> {
  try {
    return parseManifestJson((await files.readText(path)) ?? '{}', path);
  } catch (error) {
    if (error instanceof InvalidInputError) return {};
    throw error;
  }
}

/** The exact version of `packageManager: "pnpm@10.1.0+sha512.…"`, https://nodejs.org/api/packages.html#packagemanager. */
function versionOf({ packageManager }: JsonObject, manager: PackageManager): string | undefined {
  if (typeof packageManager !== 'string') return undefined;
  const [name, version] = packageManager.split(/[@+]/);
  return name === manager && version !== undefined && /^\d+\.\d+\.\d+$/.test(version)
    ? version
    : undefined;
}

const FOLDER_OPTIONS: Readonly<Record<PackageManager, string>> = {
  npm: '--prefix',
  pnpm: '--dir',
  yarn: '--cwd',
  bun: '--cwd',
};

type Argv = readonly [string, ...string[]];

/** A command of the workspace's package manager, to run in the root of the repository. */
function inWorkspace({ directory, manager }: JavaScript, ...words: readonly string[]): Argv {
  return [manager, ...(directory === '' ? [] : [FOLDER_OPTIONS[manager], directory]), ...words];
}

/** The command that installs exactly what the lockfile says. */
export function installCommand(workspace: JavaScript): Argv {
  const { hasLockfile, isYarnClassic, manager } = workspace;
  if (manager === 'npm') return inWorkspace(workspace, hasLockfile ? 'ci' : 'install');
  if (!hasLockfile) return inWorkspace(workspace, 'install');
  const isImmutable = manager === 'yarn' && !isYarnClassic;
  return inWorkspace(workspace, 'install', isImmutable ? '--immutable' : '--frozen-lockfile');
}

/** The command that runs a script of the workspace's root. */
export function rootScriptCommand(workspace: JavaScript, script: string): Argv {
  return inWorkspace(workspace, 'run', script);
}

/** The command that runs a script of members of the workspace; of one alone, except with pnpm and npm. */
export function memberScriptCommand(
  workspace: JavaScript,
  script: string,
  names: readonly string[],
): Argv {
  const each = (option: string): readonly string[] => names.flatMap((name) => [option, name]);
  const words: Readonly<Record<PackageManager, readonly string[]>> = {
    pnpm: [...each('--filter'), 'run', script],
    npm: ['run', script, ...each('--workspace')],
    yarn: ['workspace', ...names, 'run', script],
    bun: ['run', ...each('--filter'), script],
  };
  return inWorkspace(workspace, ...words[workspace.manager]);
}

/** The command that runs an installed program in the root of the workspace. */
export function programCommand(workspace: JavaScript, ...words: readonly string[]): Argv {
  const verbs: Readonly<Record<PackageManager, readonly string[]>> = {
    npm: ['exec', '--'],
    pnpm: ['exec'],
    yarn: ['run'],
    bun: ['x', '--no-install'],
  };
  return inWorkspace(workspace, ...verbs[workspace.manager], ...words);
}

/** The command that runs a program of the installed packages. */
export function execCommand({ isYarnClassic, manager }: JavaScript): string {
  if (manager === 'npm') return 'npx --no';
  if (manager === 'bun') return 'bunx --no-install';
  return manager === 'yarn' ? (isYarnClassic ? 'yarn --silent run' : 'yarn run') : 'pnpm exec';
}

/** The command that adds exact versions to the root's devDependencies. */
export function addCommand(
  { hasMembers, isYarnClassic, manager }: JavaScript,
  packages: readonly string[],
): Argv {
  const atRoot = hasMembers && (manager === 'pnpm' || isYarnClassic);
  const words: Readonly<Record<PackageManager, readonly string[]>> = {
    npm: ['install', '--save-dev', '--save-exact'],
    pnpm: ['add', '--save-dev', '--save-exact', ...(atRoot ? ['--workspace-root'] : [])],
    yarn: ['add', '--dev', '--exact', ...(atRoot ? ['--ignore-workspace-root-check'] : [])],
    bun: ['add', '--dev', '--exact'],
  };
  return [manager, ...words[manager], ...packages];
}
