import { folderOf, type SourceFiles } from '@ameide/versioning-core';
import { isObject, type JsonObject } from '../json/json.ts';
import { folderAt } from './folders.ts';
import { flatLockfile } from './graph.ts';
import { jsonKey, lineFinder, linesEqualTo } from './lines.ts';
import type { LockedPackage, Lockfile } from './locked-package.ts';
import { LockfileError } from './lockfile-error.ts';
import { objectAt, objectsAt, own, parseJson, parseToml, textAt } from './parse.ts';
import { pypiName, pypiVersion } from './pypi.ts';
import { readPipfile, readPyproject } from './pyproject.ts';

type Found = Omit<LockedPackage, 'ecosystem' | 'path'>;
type Place = Pick<Found, 'source' | 'directory'> & { readonly address?: string };

/** Reads a poetry.lock. It belongs to one project, which gets all that is in it. */
export async function readPoetryLock(
  path: string,
  text: string,
  files: SourceFiles,
): Promise<Lockfile> {
  return readToml(path, text, files, { kind: 'poetry', table: 'package', placeOf: poetryPlace });
}

/** Reads a pdm.lock. */
export async function readPdmLock(
  path: string,
  text: string,
  files: SourceFiles,
): Promise<Lockfile> {
  return readToml(path, text, files, { kind: 'pdm', table: 'package', placeOf: pdmPlace });
}

/** Reads a pylock.toml (PEP 751). */
export async function readPylock(
  path: string,
  text: string,
  files: SourceFiles,
): Promise<Lockfile> {
  return readToml(path, text, files, { kind: 'pylock', table: 'packages', placeOf: pylockPlace });
}

interface TomlFormat {
  readonly kind: 'poetry' | 'pdm' | 'pylock';
  readonly table: string;
  readonly placeOf: (one: JsonObject, root: string) => Place;
}

async function readToml(
  path: string,
  text: string,
  files: SourceFiles,
  { kind, placeOf, table }: TomlFormat,
): Promise<Lockfile> {
  const json = parseToml(text);
  const root = folderOf(path);
  const lines = linesEqualTo(text, `[[${table}]]`);
  const isKnown = ['metadata', 'lock-version', table].some((key) => own(json, key) !== undefined);
  if (!isKnown) throw new LockfileError(`[[${table}]], as ${kind} writes it`, 1);
  const { direct } = await readPyproject(files, root);
  const packages = objectsAt(json, table).map((one, index): Found => {
    const written = textAt(one, 'name') ?? '';
    const name = pypiName(written) ?? written;
    const version = textAt(one, 'version');
    const { address = '', ...place } = placeOf(one, root);
    return {
      name,
      version: version === undefined ? address : pypiVersion(version),
      ...place,
      line: lines[index] ?? 1,
      isDirect: direct.has(name),
    };
  });
  return flatLockfile({ ecosystem: 'pypi', kind, path }, root, packages);
}

function placeAt(root: string, path: string | undefined): Place | undefined {
  const directory = path === undefined ? undefined : folderAt(root, path);
  return directory === undefined ? undefined : { source: 'workspace', directory };
}

// https://python-poetry.org/docs/repositories: `legacy` is the Simple API.
function poetryPlace(one: JsonObject, root: string): Place {
  const source = objectAt(one, 'source');
  const type = textAt(source, 'type');
  const address = textAt(source, 'url') ?? '';
  if (type === undefined || type === 'legacy') return { source: 'registry' };
  const local = type === 'directory' ? placeAt(root, address) : undefined;
  return local ?? { source: 'other', address };
}

function pdmPlace(one: JsonObject, root: string): Place {
  const path = textAt(one, 'path');
  const isFile = path !== undefined && /\.(?:whl|zip|tar\.gz)$/.test(path);
  const address = path ?? textAt(one, 'url') ?? textAt(one, 'git') ?? textAt(one, 'hg');
  if (address === undefined) return { source: 'registry' };
  return (isFile ? undefined : placeAt(root, path)) ?? { source: 'other', address };
}

// https://packaging.python.org/en/latest/specifications/pylock-toml/
function pylockPlace(one: JsonObject, root: string): Place {
  const local = placeAt(root, textAt(objectAt(one, 'directory'), 'path'));
  if (local !== undefined) return local;
  const other = objectAt(one, 'vcs') ?? objectAt(one, 'archive') ?? objectAt(one, 'directory');
  if (other === undefined) return { source: 'registry' };
  return { source: 'other', address: textAt(other, 'url') ?? textAt(other, 'path') ?? '' };
}

/** Reads a Pipfile.lock. */
export async function readPipfileLock(
  path: string,
  text: string,
  files: SourceFiles,
): Promise<Lockfile> {
  const json = parseJson(text);
  const root = folderOf(path);
  if (objectAt(json, '_meta') === undefined)
    throw new LockfileError('"_meta", as Pipenv writes it', 1);
  const line = lineFinder(text, /^[^\S\n]*("(?:[^"\\]|\\.)*"):\s*\{/gm, jsonKey);
  const direct = await readPipfile(files, root);
  const groups = Object.entries(json).filter(([name]) => name !== '_meta');
  const packages = groups.flatMap(([, group]) =>
    Object.keys(isObject(group) ? group : {}).flatMap((written): readonly Found[] => {
      const one = isObject(group) ? objectAt(group, written) : undefined;
      if (one === undefined) return [];
      const name = pypiName(written) ?? written;
      const [, version] = /^={2,3}(.+)$/.exec(textAt(one, 'version') ?? '') ?? [];
      const found = { name, line: line(written), isDirect: direct.has(name) };
      const { address = '', ...place } =
        version === undefined ? pipfilePlace(one, root) : ({ source: 'registry' } as const);
      return [
        { ...found, version: version === undefined ? address : pypiVersion(version), ...place },
      ];
    }),
  );
  return flatLockfile({ ecosystem: 'pypi', kind: 'pipenv', path }, root, packages);
}

function pipfilePlace(one: JsonObject, root: string): Place {
  const path = textAt(one, 'path');
  const address = textAt(one, 'git') ?? textAt(one, 'file') ?? path ?? '';
  return placeAt(root, path) ?? { source: 'other', address };
}
