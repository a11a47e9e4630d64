import { folderOf } from '@ameide/versioning-core';
import type { JsonObject } from '../json/json.ts';
import { folderAt } from './folders.ts';
import type { LockedEntry, LockGraph } from './graph.ts';
import { linesEqualTo } from './lines.ts';
import { LockfileError } from './lockfile-error.ts';
import { objectAt, objectsAt, own, parseToml, textAt } from './parse.ts';
import { pypiName, pypiVersion } from './pypi.ts';

interface UvPackage {
  readonly key: string;
  readonly json: JsonObject;
  readonly entry: LockedEntry;
}

/** An extra of a package is a key of its own, `3 grpc`, from which only its dependencies follow. */
const EXTRA = ' ';

/** Reads a uv.lock. A project gets its extras and groups, and of other packages the extras that are asked for. */
export function readUvLock(path: string, text: string): LockGraph {
  const json = parseToml(text);
  if (own(json, 'version') !== 1)
    throw new LockfileError('version = 1, the only one that can be read here', 1);
  const root = folderOf(path);
  const lines = linesEqualTo(text, '[[package]]');
  const packages = objectsAt(json, 'package').map((one, index): UvPackage => {
    const entry = entryOf(one, root, lines[index] ?? 1);
    return { key: String(index), json: one, entry };
  });
  const named = Map.groupBy(packages, ({ entry }) => entry.name);
  const keysOf = (needs: readonly JsonObject[]): readonly string[] =>
    needs.flatMap((need) => keysOfNeed(need, named));
  return {
    ecosystem: 'pypi',
    kind: 'uv',
    path,
    projects: projectsOf(json, packages, { root, keysOf }),
    entry: (key) => packages[Number(key)]?.entry,
    next(key) {
      const [index = '', extra] = key.split(EXTRA);
      const one = packages[Number(index)]?.json;
      if (extra === undefined) return keysOf(objectsAt(one, 'dependencies'));
      return keysOf(objectsAt(objectAt(one, 'optional-dependencies'), extra));
    },
  };
}

function entryOf(one: JsonObject, root: string, line: number): LockedEntry {
  const source = objectAt(one, 'source');
  const version = textAt(one, 'version');
  const local = ['editable', 'virtual', 'directory'].flatMap((kind) => textAt(source, kind) ?? []);
  const directory = local[0] === undefined ? undefined : folderAt(root, local[0]);
  const address = ['git', 'url', 'path'].flatMap((kind) => textAt(source, kind) ?? [])[0];
  const isRegistry = own(source, 'registry') !== undefined;
  const written = textAt(one, 'name') ?? '';
  return {
    name: pypiName(written) ?? written,
    version: version === undefined ? (address ?? '') : pypiVersion(version),
    source: directory !== undefined ? 'workspace' : isRegistry ? 'registry' : 'other',
    ...(directory === undefined ? {} : { directory }),
    line: () => line,
  };
}

/** uv writes a version and a source only where the name alone would not do. */
function keysOfNeed(
  need: JsonObject,
  named: ReadonlyMap<string, readonly UvPackage[]>,
): readonly string[] {
  const version = textAt(need, 'version');
  const source = JSON.stringify(objectAt(need, 'source') ?? null);
  const written = textAt(need, 'name') ?? '';
  const found = (named.get(pypiName(written) ?? written) ?? []).filter(
    ({ json }) =>
      (version === undefined || textAt(json, 'version') === version) &&
      (source === 'null' || JSON.stringify(objectAt(json, 'source')) === source),
  );
  const extras = own(need, 'extra');
  const asked = Array.isArray(extras) ? extras.filter((one) => typeof one === 'string') : [];
  return found.flatMap(({ key }) => [key, ...asked.map((extra) => `${key}${EXTRA}${extra}`)]);
}

interface Reading {
  readonly root: string;
  readonly keysOf: (needs: readonly JsonObject[]) => readonly string[];
}

/** The members that `manifest` lists; without a workspace the project beside the lockfile. */
function projectsOf(
  json: JsonObject,
  packages: readonly UvPackage[],
  { keysOf, root }: Reading,
): ReadonlyMap<string, readonly string[]> {
  const manifest = objectAt(json, 'manifest');
  const members = own(manifest, 'members');
  const isProject = ({ entry }: UvPackage): boolean =>
    entry.source === 'workspace' &&
    (Array.isArray(members) ? members.includes(entry.name) : entry.directory === root);
  const projects = new Map<string, readonly string[]>();
  // A root without a project has only groups.
  const groups = [
    ...objectsAt(manifest, 'requirements'),
    ...groupNeeds(manifest, 'dependency-groups'),
  ];
  projects.set(root, keysOf(groups));
  for (const one of packages.filter(isProject)) {
    const { directory = root } = one.entry;
    const needs = [
      ...objectsAt(one.json, 'dependencies'),
      ...groupNeeds(one.json, 'optional-dependencies'),
      ...groupNeeds(one.json, 'dev-dependencies'),
    ];
    projects.set(directory, [...(projects.get(directory) ?? []), ...keysOf(needs)]);
  }
  return projects;
}

function groupNeeds(json: JsonObject | undefined, key: string): readonly JsonObject[] {
  const groups = objectAt(json, key);
  return Object.keys(groups ?? {}).flatMap((group) => objectsAt(groups, group));
}
