import type { SourceTree } from '@ameide/versioning-core';
import { isObject, type JsonObject } from '../manifest/json.ts';

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

const MANAGERS: ReadonlySet<string> = new Set(['npm', 'pnpm', 'yarn', 'bun']);

const LOCKFILES: readonly (readonly [string, PackageManager])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
];

/**
 * Detects the package manager whose rules apply: pnpm if there is a pnpm-workspace.yaml, else the
 * one in package.json (https://nodejs.org/api/packages.html#packagemanager, or `devEngines`), else
 * the one of the lockfile, else npm.
 */
export async function detectPackageManager(
  source: SourceTree,
  rootManifest: JsonObject,
): Promise<PackageManager> {
  const named = namedManager(rootManifest);
  if (named !== undefined) return named;
  for (const [path, manager] of LOCKFILES)
    if ((await source.readBytes(path)) !== undefined) return manager;
  return 'npm';
}

function namedManager({ packageManager, devEngines }: JsonObject): PackageManager | undefined {
  const engines = isObject(devEngines) ? devEngines['packageManager'] : undefined;
  const [engine] = Array.isArray(engines) ? engines : [engines];
  const names = [packageManager, isObject(engine) ? engine['name'] : undefined];
  return names
    .map((name) => (typeof name === 'string' ? name.replace(/@.*$/, '') : ''))
    .find((name): name is PackageManager => MANAGERS.has(name));
}
