import { folderOf, type SourceFiles } from '@ameide/versioning-core';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { isObject, type Json, type JsonObject } from '../json/json.ts';
import { folderAt, readNpmFolders } from './folders.ts';
import type { LockedEntry, LockGraph } from './graph.ts';
import { jsonKey, lineAt, lineFinder } from './lines.ts';
import { LockfileError } from './lockfile-error.ts';
import { objectAt, own, textAt } from './parse.ts';

const NEEDED = ['dependencies', 'optionalDependencies', 'peerDependencies'] as const;
const ALL = [...NEEDED, 'devDependencies'] as const;

interface BunLock {
  readonly root: string;
  /** By folder, relative to the lockfile's. */
  readonly workspaces: JsonObject;
  /** By place: `a`, `a/b` for the one that only `a` gets. */
  readonly packages: JsonObject;
}

/** Reads a bun.lock (https://bun.com/docs/install/lockfile). */
export async function readBunLock(
  path: string,
  text: string,
  files: SourceFiles,
): Promise<LockGraph> {
  const lock = parseLock(path, text);
  const { packages, root, workspaces } = lock;
  const line = lineFinder(text, /^[^\S\n]*("(?:[^"\\]|\\.)*"):\s*\[/gm, jsonKey);
  const projects = Object.keys(workspaces).flatMap((name) => {
    const folder = folderAt(root, name);
    return folder === undefined ? [] : [[folder, name] as const];
  });
  const known = await readNpmFolders(
    files,
    projects.map(([folder]) => folder),
  );
  const needs = (
    one: JsonObject | undefined,
    place: string,
    groups: readonly (typeof ALL)[number][],
  ): readonly string[] =>
    groups.flatMap((group) =>
      Object.keys(objectAt(one, group) ?? {}).flatMap((name) => find(place, name, lock) ?? []),
    );
  return {
    ecosystem: 'npm',
    kind: 'bun',
    path,
    projects: new Map(
      projects.map(([folder, name]) => {
        const one = objectAt(workspaces, name);
        return [folder, needs(one, name === '' ? '' : (textAt(one, 'name') ?? ''), ALL)];
      }),
    ),
    entry(place) {
      const found = readPackage(own(packages, place), root);
      if (found === undefined) return undefined;
      const folder = found.directory === undefined ? undefined : known.get(found.directory);
      return { ...found, ...folder, line: () => line(place) };
    },
    next(place) {
      const found = readPackage(own(packages, place), root);
      const workspace = projects.find(([folder]) => folder === found?.directory)?.[1];
      const one =
        workspace === undefined
          ? information(own(packages, place))
          : objectAt(workspaces, workspace);
      return needs(one, place, NEEDED);
    },
  };
}

function parseLock(path: string, text: string): BunLock {
  const errors: ParseError[] = [];
  const json: unknown = parse(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined)
    throw new LockfileError(
      `valid JSON with trailing commas (${printParseErrorCode(error.error)})`,
      lineAt(text, error.offset),
    );
  const workspaces = isObject(json) ? objectAt(json, 'workspaces') : undefined;
  if (!isObject(json) || workspaces === undefined)
    throw new LockfileError('"workspaces", as Bun writes them', 1);
  return { root: folderOf(path), workspaces, packages: objectAt(json, 'packages') ?? {} };
}

/** The place of a package's own dependency, or of the nearest one above it. */
function find(from: string, name: string, { packages }: BunLock): string | undefined {
  const names = from.match(/(?:@[^/]+\/)?[^/]+/g) ?? [];
  for (let length = names.length; length >= 0; length -= 1) {
    const place = [...names.slice(0, length), name].join('/');
    if (own(packages, place) !== undefined) return place;
  }
  return undefined;
}

/** `["@acme/sdk@1.0.0", "", { dependencies }, "sha512-…"]` */
function readPackage(value: Json | undefined, root: string): Omit<LockedEntry, 'line'> | undefined {
  const [resolution] = Array.isArray(value) ? (value as readonly Json[]) : [];
  if (typeof resolution !== 'string') return undefined;
  const cut = resolution.indexOf('@', 1);
  const [name, version] = [resolution.slice(0, cut), resolution.slice(cut + 1)];
  const [, path] = /^(?:workspace|link|file):(.*)$/.exec(version) ?? [];
  const directory =
    path === undefined || /\.t(?:ar\.)?gz$/.test(path) ? undefined : folderAt(root, path);
  if (directory !== undefined) return { name, version: '', source: 'workspace', directory };
  const isVersion = /^\d+\.\d+\.\d+/.test(version);
  return { name, version, source: isVersion ? 'registry' : 'other' };
}

function information(value: Json | undefined): JsonObject | undefined {
  return Array.isArray(value) ? value.find((one) => isObject(one)) : undefined;
}
