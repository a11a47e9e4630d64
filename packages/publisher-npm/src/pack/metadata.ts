import { isObject, type Json, type JsonObject, parseManifestJson } from '@ameide/source-files/json';
import PackageJson from '@npmcli/package-json';
import { inPackage, leaves, withDirectories } from './commands.ts';
import { type Reading, readPackageFiles } from './package-files.ts';

/** The steps of `npm publish` that need no folder; `withFolderFacts` does the others. */
const STEPS = [
  '_attributes',
  'bundledDependencies',
  'bundleDependencies',
  'bundleDependenciesDeleteFalse',
  'overrides',
  'scriptpath',
  'bin',
  'normalizeData',
];

/**
 * Makes the document that the registry stores for the version: the packed package.json in npm's
 * full form (`repository`, `bugs`, `author`, `bin`, `man`, …), made by npm's own library, and what
 * npm adds from the files: the README for npm's site, the contributors, the types, the commands.
 * Throws if the tarball is not a package that npm can read.
 */
export async function versionMetadata(
  tarball: Uint8Array,
  limits: Omit<Reading, 'isText'> = {},
): Promise<JsonObject> {
  const isText = (path: string): boolean => READ.test(path);
  const { paths, texts } = await readPackageFiles(tarball, { isText, ...limits });
  const manifest = parseManifestJson(texts.get('package.json') ?? '', 'package.json');
  return normaliseManifest(withFolderFacts(manifest, paths, texts));
}

/**
 * Returns why npm's library cannot read a package.json (for example, null in the list of
 * contributors), or undefined if it can.
 */
export async function unreadableByNpm(manifest: JsonObject): Promise<string | undefined> {
  try {
    await normaliseManifest(manifest);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Returns npm's full form of a package.json. Throws if npm cannot read it. */
export async function normaliseManifest(manifest: JsonObject): Promise<JsonObject> {
  // The library's types include neither `fromContent` nor a package.json that is plain JSON.
  const reader = new PackageJson() as unknown as {
    fromContent(content: object): {
      normalize(options: { steps: string[] }): Promise<{ content: JsonObject }>;
    };
  };
  const read = reader.fromContent(structuredClone(manifest));
  return (await read.normalize({ steps: STEPS })).content;
}

function withFolderFacts(
  manifest: JsonObject,
  paths: readonly string[],
  texts: ReadonlyMap<string, string>,
): JsonObject {
  const named = withDirectories(manifest, paths);
  const present = (field: string): boolean => named[field] !== undefined;
  const readme = readmeName(paths);
  const authors = texts.get('AUTHORS');
  const types = defaultTypes(manifest, paths);
  return {
    ...named,
    ...(present('man') ? { man: leaves(named['man']).map(inPackage) } : {}),
    ...(present('readme') || readme === undefined
      ? {}
      : { readme: texts.get(readme) ?? '', readmeFilename: readme }),
    ...(present('contributors') || authors === undefined ? {} : { contributors: lines(authors) }),
    ...(types === undefined ? {} : { types }),
    ...addedScripts(manifest, paths),
  };
}

const README = /^readme(?:\..*)?$/i;
const MARKDOWN = /\.m?a?r?k?d?o?w?n?$/i;

/** Prefers a Markdown README. */
function readmeName(paths: readonly string[]): string | undefined {
  const found = paths.filter((path) => README.test(path)).toSorted();
  return found.find((path) => MARKDOWN.test(path)) ?? found.find((path) => /readme$/i.test(path));
}

function lines(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/^\s*#.*$/, '').trim())
    .filter((line) => line !== '');
}

function defaultTypes(manifest: JsonObject, paths: readonly string[]): string | undefined {
  const { main = 'index.js', types, typings } = manifest;
  if (types !== undefined || typings !== undefined || typeof main !== 'string') return undefined;
  const path = `${main.replace(/^\.\//, '').replace(/\.[^./]+$/, '')}.d.ts`;
  return paths.includes(path) ? `./${path}` : undefined;
}

/**
 * npm compiles a binding.gyp at installation, unless the package says otherwise, and starts a
 * server.js.
 */
function addedScripts(manifest: JsonObject, paths: readonly string[]): JsonObject {
  const scripts: { readonly [name: string]: Json | undefined } = isObject(manifest['scripts'])
    ? manifest['scripts']
    : {};
  const isAddon =
    manifest['gypfile'] !== false &&
    scripts['install'] === undefined &&
    scripts['preinstall'] === undefined &&
    paths.some((path) => /^[^/]+\.gyp$/.test(path));
  const isServer = !scripts['start'] && paths.includes('server.js');
  if (!isAddon && !isServer) return {};
  const added = {
    ...scripts,
    ...(isAddon ? { install: 'node-gyp rebuild' } : {}),
    ...(isServer ? { start: 'node server.js' } : {}),
  };
  return { scripts: added, ...(isAddon ? { gypfile: true } : {}) };
}

const READ = /^(?:package\.json|AUTHORS|readme(?:\..*)?)$/i;
