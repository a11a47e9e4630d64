import { join } from 'node:path/posix';
import { isObject, type Json, type JsonObject } from '../manifest/json.ts';

/** The files of the package's commands (`bin`), relative to the package. */
export function commandFiles(manifest: JsonObject): readonly string[] {
  return leaves(manifest['bin']).map(inPackage);
}

/**
 * What the manifest names as its entry points and commands and `paths` do not hold: such a package is broken for everyone, and for ever,
 * most often because a build was not run. Patterns and folders in `exports` are not looked into.
 */
export function missingFiles(manifest: JsonObject, paths: readonly string[]): readonly string[] {
  const present = new Set(['package.json', ...paths]);
  const exported = leaves(manifest['exports']).filter((path) => path.startsWith('./') && !path.includes('*') && !path.endsWith('/'));
  const exact = [...exported.map(inPackage), ...commandFiles(manifest)].filter((path) => !present.has(path));
  const resolved = entryPoints(manifest).filter((path) => !resolutions(path).some((file) => present.has(file)));
  return [...new Set([...exact, ...resolved])];
}

/** A path of a manifest, relative to the package: `./dist/../cli.js` is `cli.js`. */
export function inPackage(path: string): string {
  return join('/', path).slice(1);
}

function entryPoints(manifest: JsonObject): readonly string[] {
  const named = [manifest['main'], manifest['module'], manifest['types'], manifest['typings']];
  return named.filter((path): path is string => typeof path === 'string' && path !== '').map(inPackage);
}

const ENDINGS = ['', '.js', '.mjs', '.cjs', '.json', '.node', '.d.ts', '.ts', '.tsx'];

/** https://nodejs.org/api/modules.html#all-together: without an extension, or a folder with an index; TypeScript does the same. */
function resolutions(path: string): readonly string[] {
  return ENDINGS.flatMap((ending) => [`${path.replace(/\/$/, '')}${ending}`, `${join(path, 'index')}${ending}`]);
}

function leaves(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((item: Json) => leaves(item));
  return isObject(value) ? Object.values(value).flatMap((item) => leaves(item)) : [];
}
