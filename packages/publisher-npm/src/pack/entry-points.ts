import { join, matchesGlob } from 'node:path/posix';
import { isObject, type Json, type JsonObject } from '@ameide/source-files/json';
import { bundledNames } from '../manifest/bundled.ts';
import { commandFiles, inPackage } from './commands.ts';

/**
 * Returns the entry points, commands and bundled dependencies that the manifest names but `paths`
 * lacks. Without them the package is broken for its users, usually because a build did not run.
 * If an installation script may make files, returns only the bundled dependencies. Does not look into
 * patterns and folders in `exports`.
 */
export function missingFiles(manifest: JsonObject, paths: readonly string[]): readonly string[] {
  const present = new Set(['package.json', ...paths]);
  const bundled = bundledNames(manifest)
    .map((name) => `node_modules/${name}`)
    .filter((folder) => !paths.some((path) => path.startsWith(`${folder}/`)));
  if (makesFilesAtInstallation(manifest, paths)) return bundled;
  const exact = [...exportedFiles(manifest['exports']), ...commandFiles(manifest)].filter(
    (path) => !present.has(path),
  );
  const resolved = entryPoints(manifest).filter(
    (path) => !resolutions(path).some((file) => present.has(file)),
  );
  return [...new Set([...exact, ...resolved, ...bundled])];
}

/**
 * True if installation makes files: it compiles a native addon or fetches a program for the user's
 * machine (https://docs.npmjs.com/cli/v11/using-npm/scripts#npm-install; a binding.gyp means
 * `node-gyp rebuild`).
 */
function makesFilesAtInstallation(manifest: JsonObject, paths: readonly string[]): boolean {
  const { gypfile, scripts } = manifest;
  const names = ['preinstall', 'install', 'postinstall'];
  return (
    (isObject(scripts) && names.some((name) => scripts[name] !== undefined)) ||
    (gypfile !== false && paths.some((path) => /^[^/]+\.gyp$/.test(path)))
  );
}

/**
 * Many `files` lists name a LICENSE that exists only in the repository's root. That does not mean
 * that a build is missing.
 */
const ABOUT = /^(?:readme|licen[cs]e|copying|notice|changelog)\b/i;

/**
 * Splits the patterns of `files` by whether a packed file matches them. Skips patterns that begin
 * with `!`, and README, LICENSE and the like.
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
      (path) =>
        path === entry ||
        path.startsWith(`${entry}/`) ||
        matchesGlob(path, entry) ||
        matchesGlob(path, `${entry}/**`),
    );
  return {
    matched: entries.filter(isMatched),
    unmatched: entries.filter((entry) => !isMatched(entry)),
  };
}

/**
 * Returns the entry points. If there are `exports`, skips `main`, `module` and `browser`: every
 * runtime and bundler that knows `exports` uses only that
 * (https://nodejs.org/api/packages.html#main-entry-point-export). Keeps `types`, for TypeScript's
 * `moduleResolution: node10`.
 */
function entryPoints(manifest: JsonObject): readonly string[] {
  const { browser, exports, main, module, types, typings } = manifest;
  const code = exports === undefined || exports === null ? [main, module, browser] : [];
  return [...code, types, typings]
    .filter((path): path is string => typeof path === 'string' && path !== '')
    .map(inPackage);
}

/**
 * Conditions that consumers' tools set by themselves: Node's, those of
 * https://nodejs.org/api/packages.html#community-conditions-definitions and of
 * https://runtime-keys.proposal.wintertc.org, and those of bundlers. Any other condition, such as
 * `source` or `@acme/source`, is assumed to be used only in the repository; publint does the same.
 */
const CONDITIONS: ReadonlySet<string> = new Set(
  'import require node node-addons module-sync default types browser development production worker deno bun workerd edge-light edge-routine react-native react-server electron netlify fastly module svelte solid vue style sass less script esmodules asset unpkg umd'.split(
    ' ',
  ),
);

/**
 * Returns the files that `exports` names for consumers. Of alternatives in a list, takes the first.
 */
function exportedFiles(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') {
    const isFile = value.startsWith('./') && !value.includes('*') && !value.endsWith('/');
    return isFile ? [inPackage(value)] : [];
  }
  if (Array.isArray(value)) return exportedFiles(value.find((item: Json) => item !== null));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, target]) =>
    key.startsWith('.') || isPublicCondition(key) ? exportedFiles(target) : [],
  );
}

/** `types@>=5.0` is also a condition, of TypeScript. */
function isPublicCondition(name: string): boolean {
  return CONDITIONS.has(name) || name.startsWith('types@');
}

const ENDINGS = ['', '.js', '.mjs', '.cjs', '.json', '.node', '.d.ts', '.ts', '.tsx'];

/**
 * Returns the files that a path may mean: without an extension, or a folder with an index
 * (https://nodejs.org/api/modules.html#all-together). TypeScript does the same.
 */
function resolutions(path: string): readonly string[] {
  return ENDINGS.flatMap((ending) => [
    `${path.replace(/\/$/, '')}${ending}`,
    `${join(path, 'index')}${ending}`,
  ]);
}
