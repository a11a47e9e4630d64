import { folderOf, type SourceFiles } from '@ameide/versioning-core';
import type { JsonObject } from '../json/json.ts';
import { folderAt, type NamedFolder, readNpmFolders } from './folders.ts';
import type { LockedEntry, LockGraph } from './graph.ts';
import { lineFinder } from './lines.ts';
import { LockfileError } from './lockfile-error.ts';
import { objectAt, parseYaml, textAt, textsOf } from './parse.ts';
import { keyOf, type PnpmFormat, readKey, withoutPeers } from './pnpm-path.ts';

interface PnpmLock {
  readonly format: PnpmFormat;
  readonly path: string;
  readonly root: string;
  readonly text: string;
  /** By folder. */
  readonly importers: ReadonlyMap<string, JsonObject>;
  readonly packages: JsonObject;
  /** Where the dependencies of packages are. */
  readonly snapshots: JsonObject;
}

const FOLDER = 'folder ';
const NEEDED = ['dependencies', 'optionalDependencies'] as const;
const ALL = [...NEEDED, 'devDependencies'] as const;

/** Reads a pnpm-lock.yaml of the versions 5, 6 and 9. */
export async function readPnpmLock(
  path: string,
  text: string,
  files: SourceFiles,
): Promise<LockGraph> {
  const lock = parseLock(path, text);
  const { importers } = lock;
  const projects = new Map(
    [...importers].map(([folder, one]) => [folder, importerKeys(folder, one, ALL, lock)] as const),
  );
  const folders = [...projects.values(), ...snapshotFolders(lock)]
    .flat()
    .flatMap((key) => (key.startsWith(FOLDER) ? [key.slice(FOLDER.length)] : []));
  const copied = Object.keys(lock.packages).flatMap((key) => copiedFolder(key, lock) ?? []);
  const linked = await readNpmFolders(files, [...folders, ...copied]);
  const line = lineFinder(text, /^ {2}(['"]?)(\S.*?)\1:(?: \{\})?\r?$/gm, ([, , key = '']) => [
    key,
  ]);
  return {
    ecosystem: 'npm',
    kind: 'pnpm',
    path,
    projects,
    entry(key) {
      const folder = key.startsWith(FOLDER) ? key.slice(FOLDER.length) : undefined;
      if (folder === undefined) return packageEntry(key, lock, { line, linked });
      const known = linked.get(folder);
      return known && { ...known, line: () => line(importerName(folder, lock)) };
    },
    next(key) {
      const folder = key.startsWith(FOLDER) ? key.slice(FOLDER.length) : undefined;
      if (folder === undefined) return snapshotKeys(key, lock);
      const importer = importers.get(folder);
      return importer === undefined ? [] : importerKeys(folder, importer, NEEDED, lock);
    },
  };
}

function parseLock(path: string, text: string): PnpmLock {
  const json = parseYaml(text);
  const version = textAt(json, 'lockfileVersion') ?? textAt(json, 'shrinkwrapVersion') ?? 'none';
  const format = ([5, 6, 9] as const).find((one) => version.split('.', 1)[0] === String(one));
  if (format === undefined)
    throw new LockfileError(
      `lockfileVersion 5, 6 or 9, not ${version}: run pnpm install with a current pnpm`,
      1,
    );
  const root = folderOf(path);
  const importers = objectAt(json, 'importers') ?? { '.': json };
  const packages = objectAt(json, 'packages') ?? {};
  return {
    format,
    path,
    root,
    text,
    importers: new Map(
      Object.keys(importers).flatMap((name) => {
        const folder = folderAt(root, name);
        const importer = objectAt(importers, name);
        return folder === undefined || importer === undefined ? [] : [[folder, importer] as const];
      }),
    ),
    packages,
    snapshots: format === 9 ? (objectAt(json, 'snapshots') ?? {}) : packages,
  };
}

function importerName(folder: string, { root }: PnpmLock): string {
  if (folder === root) return '.';
  return root === '' ? folder : folder.slice(root.length + 1);
}

function importerKeys(
  folder: string,
  importer: JsonObject,
  groups: readonly (typeof ALL)[number][],
  lock: PnpmLock,
): readonly string[] {
  return groups.flatMap((group) => {
    const dependencies = objectAt(importer, group) ?? {};
    return Object.keys(dependencies).flatMap((name) => {
      // Formats 5 and, without a workspace, 6.0 have the version alone.
      const reference =
        textAt(objectAt(dependencies, name), 'version') ?? textAt(dependencies, name);
      return reference === undefined ? [] : referenceKey(folder, name, reference, lock);
    });
  });
}

function referenceKey(
  folder: string,
  name: string,
  reference: string,
  { format }: PnpmLock,
): readonly string[] {
  const key = keyOf(reference, name, format);
  if (key !== undefined) return [key];
  const target = folderAt(folder, reference.slice('link:'.length));
  return target === undefined ? [] : [`${FOLDER}${target}`];
}

function snapshotKeys(key: string, lock: PnpmLock): readonly string[] {
  const snapshot = objectAt(lock.snapshots, key);
  return NEEDED.flatMap((group) =>
    textsOf(objectAt(snapshot, group)).flatMap(([name, reference]) =>
      // Links of a package that was copied from a folder start at the lockfile.
      referenceKey(lock.root, name, reference, lock),
    ),
  );
}

function snapshotFolders(lock: PnpmLock): readonly (readonly string[])[] {
  if (!lock.text.includes('link:')) return [];
  return Object.keys(lock.snapshots).map((key) => snapshotKeys(key, lock));
}

/** The folder of this repository that a package was copied from (`file:`, or `dependenciesMeta.*.injected`). */
function copiedFolder(key: string, { packages, root }: PnpmLock): string | undefined {
  const resolution = objectAt(objectAt(packages, key), 'resolution');
  if (textAt(resolution, 'type') !== 'directory') return undefined;
  return folderAt(root, textAt(resolution, 'directory') ?? '');
}

interface Reading {
  readonly line: (key: string) => number;
  readonly linked: ReadonlyMap<string, NamedFolder>;
}

function packageEntry(
  key: string,
  lock: PnpmLock,
  { line, linked }: Reading,
): LockedEntry | undefined {
  const { format, packages } = lock;
  const name = format === 9 ? withoutPeers(key, format) : key;
  const at = { line: () => line(name) };
  const copied = linked.get(copiedFolder(name, lock) ?? '');
  if (copied !== undefined) return { ...copied, ...at };
  const one = objectAt(packages, name);
  const read = readKey(key, format);
  const stated = textAt(one, 'name') ?? read?.name;
  if (stated === undefined) return undefined;
  return {
    name: stated,
    version: textAt(one, 'version') ?? read?.version ?? name,
    source: read?.isRegistry === true ? 'registry' : 'other',
    ...at,
  };
}
