import { join } from 'node:path/posix';
import type { JsonObject } from '../json/json.ts';

/** In the workspace's root, whatever .yarnrc.yml says. */
const FIXED = ['yarn.lock', '.pnp.cjs', '.pnp.data.json', '.pnp.loader.mjs'];

/** https://yarnpkg.com/configuration/yarnrc */
const DEFAULTS: JsonObject = {
  installStatePath: '.yarn/install-state.gz',
  pnpUnpluggedFolder: '.yarn/unplugged',
  virtualFolder: '.yarn/__virtual__',
};

/**
 * Returns the files and folders that Yarn 4 writes for itself, relative to the workspace's root, by
 * the settings of its .yarnrc.yml: `yarn pack` leaves them out.
 */
export function yarnOwnFiles(settings: JsonObject): readonly string[] {
  const { cacheFolder = '.yarn/cache', enableGlobalCache = true, yarnPath } = settings;
  const named = [
    ...Object.entries(DEFAULTS).map(([name, path]) => settings[name] ?? path),
    yarnPath,
    settings['globalFolder'],
    // With `enableGlobalCache` the cache is in the user's home.
    enableGlobalCache === true ? undefined : cacheFolder,
  ];
  const paths = named.filter((path) => typeof path === 'string').map((path) => join(path));
  return [...FIXED, ...paths.filter((path) => !/^(?:\/|\.\.(?:\/|$))/.test(path))];
}
