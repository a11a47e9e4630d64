import { folderOf, type SourceFiles } from '@ameide/versioning-core';
import type { JsonObject } from '../json/json.ts';
import { readLeniently } from '../npm/find-root.ts';
import { folderAt } from './folders.ts';
import type { LockedEntry, LockGraph } from './graph.ts';
import { jsonKey, lineFinder } from './lines.ts';
import { LockfileError } from './lockfile-error.ts';
import { flattenVersion1 } from './npm-version-1.ts';
import { objectAt, own, parseJson, textAt } from './parse.ts';
import { isRegistryAddress } from './registry-address.ts';

const NEEDED = ['dependencies', 'optionalDependencies', 'peerDependencies'] as const;
const ALL = [...NEEDED, 'devDependencies'] as const;

interface NpmLock {
  readonly root: string;
  /** By place, relative to the lockfile's folder: `''`, `packages/a`, `node_modules/b`. */
  readonly places: JsonObject;
}

/** Reads a package-lock.json or npm-shrinkwrap.json of the versions 1, 2 and 3. */
export async function readNpmLock(
  path: string,
  text: string,
  files: SourceFiles,
): Promise<LockGraph> {
  const json = parseJson(text);
  const root = folderOf(path);
  const places = objectAt(json, 'packages') ?? (await version1(json, root, files));
  const lock = { root, places };
  const line = lineFinder(text, /^[^\S\n]*("(?:[^"\\]|\\.)*"):\s*\{/gm, (match) =>
    jsonKey(match).flatMap((key) => [key, `node_modules/${key}`]),
  );
  const projects = Object.keys(places).filter(
    (place) => !isInstalled(place) && !place.startsWith('..'),
  );
  return {
    ecosystem: 'npm',
    kind: 'npm',
    path,
    projects: new Map(
      projects.flatMap((place) => {
        const folder = folderAt(root, place);
        return folder === undefined ? [] : [[folder, needsOf(place, ALL, lock)] as const];
      }),
    ),
    entry: (place) => entryAt(place, lock, line),
    next: (place) => needsOf(place, NEEDED, lock),
  };
}

async function version1(json: JsonObject, root: string, files: SourceFiles): Promise<JsonObject> {
  if (own(json, 'lockfileVersion') !== 1 && own(json, 'dependencies') === undefined)
    throw new LockfileError('"lockfileVersion" 1, 2 or 3 with "packages" or "dependencies"', 1);
  return flattenVersion1(json, await readLeniently(files, root));
}

/** In version 1 the place of a nested package is only in the tree. */
function outermost(place: string): string {
  return place.split('/node_modules/', 1)[0] ?? place;
}

function isInstalled(place: string): boolean {
  return /(?:^|\/)node_modules\//.test(place);
}

/** Finds a dependency as Node.js does: below the place, then below each folder above it. */
function needsOf(
  place: string,
  groups: readonly (typeof ALL)[number][],
  lock: NpmLock,
): readonly string[] {
  const one = objectAt(lock.places, place);
  const names = new Set(groups.flatMap((group) => Object.keys(objectAt(one, group) ?? {})));
  return [...names].flatMap((name) => find(place, name, lock) ?? []);
}

function find(from: string, name: string, { places }: NpmLock): string | undefined {
  for (let folder = from; ; folder = folderOf(folder)) {
    if (!/(?:^|\/)node_modules$/.test(folder)) {
      const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
      const found = objectAt(places, place);
      const target = own(found, 'link') === true ? textAt(found, 'resolved') : undefined;
      if (target !== undefined && objectAt(places, target) !== undefined) return target;
      if (found !== undefined) return place;
    }
    if (folder === '') return undefined;
  }
}

function entryAt(
  place: string,
  { places, root }: NpmLock,
  line: (...keys: readonly string[]) => number,
): LockedEntry | undefined {
  const one = objectAt(places, place);
  if (one === undefined) return undefined;
  const stated = textAt(one, 'version') ?? '';
  const installed = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const at = { line: () => line(place, outermost(place)) };
  if (isInstalled(place)) {
    const resolved = textAt(one, 'resolved');
    const isRegistry = resolved === undefined || isRegistryAddress(resolved);
    const isLink = own(one, 'link') === true;
    const name = textAt(one, 'name') ?? installed;
    const source = isRegistry && !isLink ? 'registry' : 'other';
    return { name, version: stated === '' ? (resolved ?? '') : stated, source, ...at };
  }
  const directory = folderAt(root, place);
  const name = textAt(one, 'name') ?? place.slice(place.lastIndexOf('/') + 1);
  return directory === undefined
    ? { name, version: stated, source: 'other', ...at }
    : { name, version: stated, source: 'workspace', directory, ...at };
}
