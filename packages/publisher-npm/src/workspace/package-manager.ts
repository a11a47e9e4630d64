import { pathIn, type SourceTree } from '@ameide/versioning-core';
import { isObject, type JsonObject } from '../manifest/json.ts';

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
  source: SourceTree,
  folder: string,
  manifest: JsonObject,
): Promise<PackageManager | undefined> {
  const named = namedManager(manifest);
  if (named !== undefined) return named;
  for (const [name, manager] of LOCKFILES)
    if ((await source.readBytes(pathIn(folder, name))) !== undefined) return manager;
  return undefined;
}

function namedManager({ packageManager, devEngines }: JsonObject): PackageManager | undefined {
  const engines = isObject(devEngines) ? devEngines['packageManager'] : undefined;
  const [engine] = Array.isArray(engines) ? engines : [engines];
  const names = [packageManager, isObject(engine) ? engine['name'] : undefined];
  return names
    .map((name) => (typeof name === 'string' ? name.replace(/@.*$/, '') : ''))
    .find((name): name is PackageManager => MANAGERS.has(name));
}
