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
 * Whose rules the repository's packages follow: pnpm-workspace.yaml says pnpm, else package.json
 * names one (https://nodejs.org/api/packages.html#packagemanager, or `devEngines`), else the
 * lockfile shows it, else it is npm.
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
