import { pathIn, type SourceFiles } from '@ameide/versioning-core';
import { isObject, type JsonObject } from '../json/json.ts';

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

const MANAGERS: ReadonlySet<string> = new Set(['npm', 'pnpm', 'yarn', 'bun']);

const LOCKFILES: readonly (readonly [string, PackageManager])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
];

/**
 * Detects the package manager whose rules apply in a folder: the one in package.json
 * (https://nodejs.org/api/packages.html#packagemanager, or `devEngines`), else the one of the
 * lockfile. Returns undefined if nothing shows it.
 */
export async function detectPackageManager(
  source: SourceFiles,
  folder: string,
  manifest: JsonObject,
): Promise<PackageManager | undefined> {
  const named = namedManager(manifest);
  if (named !== undefined) return named;
  for (const [name, manager] of LOCKFILES)
    if ((await source.readBytes(pathIn(folder, name))) !== undefined) return manager;
  return undefined;
}

/**
 * Returns the tool that decides what is packed. For Yarn 1 that is npm: lerna, changesets and most
 * others publish a Yarn 1 repository by `npm publish`, and `yarn publish` itself is frozen.
 */
export async function packerOf(
  source: SourceFiles,
  folder: string,
  manifest: JsonObject,
  manager: PackageManager,
): Promise<PackageManager> {
  if (manager !== 'yarn') return manager;
  const [version] = namedTools(manifest).flatMap(([name, found]) =>
    name === 'yarn' && found !== undefined ? [found] : [],
  );
  if (version !== undefined) return /^[\^~=v]*1(?:\.|$)/.test(version) ? 'npm' : 'yarn';
  const lockfile = await source.readText(pathIn(folder, 'yarn.lock'));
  return lockfile !== undefined && /^# yarn lockfile v1$/m.test(lockfile) ? 'npm' : 'yarn';
}

function namedManager(manifest: JsonObject): PackageManager | undefined {
  return namedTools(manifest)
    .map(([name]) => name)
    .find((name): name is PackageManager => MANAGERS.has(name));
}

/** Returns the tools that package.json names, with their versions: `yarn`, `4.18.1+sha512.…`. */
function namedTools({
  packageManager,
  devEngines,
}: JsonObject): readonly (readonly [name: string, version?: string])[] {
  const [name = '', version] = typeof packageManager === 'string' ? packageManager.split('@') : [];
  const engines = isObject(devEngines) ? devEngines['packageManager'] : undefined;
  const [engine] = Array.isArray(engines) ? engines : [engines];
  const { name: wanted = '', version: range } = isObject(engine) ? engine : {};
  const named = version === undefined ? ([name] as const) : ([name, version] as const);
  if (typeof wanted !== 'string') return [named];
  return [named, typeof range === 'string' ? [wanted, range] : [wanted]];
}
