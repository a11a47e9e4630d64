import { join, matchesGlob } from 'node:path/posix';
import { isObject, type Json, type JsonObject } from '../manifest/json.ts';

/** The files of the package's commands (`bin`), relative to the package. */
export function commandFiles(manifest: JsonObject): readonly string[] {
  return leaves(manifest['bin']).map(inPackage);
}

/**
 * What the manifest names as its entry points and commands and `paths` do not hold: such a package
 * is broken for everyone, and for ever, most often because a build was not run. Patterns and
 * folders in `exports` are not looked into.
 */
export function missingFiles(manifest: JsonObject, paths: readonly string[]): readonly string[] {
  const present = new Set(['package.json', ...paths]);
  const exported = leaves(manifest['exports']).filter(
    (path) => path.startsWith('./') && !path.includes('*') && !path.endsWith('/'),
  );
  const exact = [...exported.map(inPackage), ...commandFiles(manifest)].filter(
    (path) => !present.has(path),
  );
  const resolved = entryPoints(manifest).filter(
    (path) => !resolutions(path).some((file) => present.has(file)),
  );
  return [...new Set([...exact, ...resolved])];
}

/**
 * Many lists name a LICENSE that stands in the repository's root only: not a sign of a missing
 * build.
 */
const ABOUT = /^(?:readme|licen[cs]e|copying|notice|changelog)\b/i;

/**
 * The patterns of `files`, by whether a packed file matches them, but for those with a `!`, which
 * leave out, and the package's papers.
 */
export function listedEntries(
  manifest: JsonObject,
  paths: readonly string[],
): { readonly matched: readonly string[]; readonly unmatched: readonly string[] } {
  const files = manifest['files'];
  const listed = Array.isArray(files)
    ? files.filter((entry: Json) => typeof entry === 'string' && !entry.startsWith('!'))
    : [];
  const entries = listed
    .map((entry) => inPackage(entry).replace(/\/$/, ''))
    .filter((entry) => entry !== '' && !ABOUT.test(entry));
  const isMatched = (entry: string): boolean =>
    ['package.json', ...paths].some(
      (path) => matchesGlob(path, entry) || matchesGlob(path, `${entry}/**`),
    );
  return {
    matched: entries.filter(isMatched),
    unmatched: entries.filter((entry) => !isMatched(entry)),
  };
}

/** A path of a manifest, relative to the package: `./dist/../cli.js` is `cli.js`. */
export function inPackage(path: string): string {
  return join('/', path).slice(1);
}

function entryPoints(manifest: JsonObject): readonly string[] {
  const named = [
    manifest['main'],
    manifest['module'],
    manifest['browser'],
    manifest['types'],
    manifest['typings'],
  ];
  return named
    .filter((path): path is string => typeof path === 'string' && path !== '')
    .map(inPackage);
}

const ENDINGS = ['', '.js', '.mjs', '.cjs', '.json', '.node', '.d.ts', '.ts', '.tsx'];

/**
 * https://nodejs.org/api/modules.html#all-together: without an extension, or a folder with an
 * index; TypeScript does the same.
 */
function resolutions(path: string): readonly string[] {
  return ENDINGS.flatMap((ending) => [
    `${path.replace(/\/$/, '')}${ending}`,
    `${join(path, 'index')}${ending}`,
  ]);
}

function leaves(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((item: Json) => leaves(item));
  return isObject(value) ? Object.values(value).flatMap((item) => leaves(item)) : [];
}
