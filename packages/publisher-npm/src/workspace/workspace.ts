import { matchesGlob } from 'node:path/posix';
import { InvalidInputError, type SourceTree } from '@ameide/versioning-core';
import { parse } from 'yaml';
import { isObject, type Json, type JsonObject, parseManifestJson } from '../manifest/json.ts';

/** A package of the repository, as its package.json at the commit names it. */
export interface WorkspacePackage {
  readonly name: string;
  /** Relative to the repository root; `''` for the root itself. */
  readonly directory: string;
  readonly version?: string;
  readonly private?: boolean;
}

/** Catalog name (`default` for the unnamed one) → dependency → range. */
export type Catalogs = ReadonlyMap<string, ReadonlyMap<string, string>>;

export interface Workspace {
  readonly catalogs: Catalogs;
  readonly packages: readonly WorkspacePackage[];
}

export const NO_WORKSPACE: Workspace = { catalogs: new Map(), packages: [] };

const SETTINGS = 'pnpm-workspace.yaml';

export interface WorkspaceSettings {
  /** pnpm-workspace.yaml; empty where there is none. */
  readonly json: JsonObject;
  /** The patterns of the folders that belong. */
  readonly globs: readonly string[];
  readonly isPnpm: boolean;
  /**
   * Whether a plain range is linked to a workspace package whose version is in it: by npm, Yarn and
   * Bun; by pnpm from 9 on if it is told to.
   */
  readonly linksPlainRanges: boolean;
}

/**
 * Reads pnpm-workspace.yaml, or the root package.json's `workspaces`, at the commit.
 * Throws `InvalidInputError`, code `npm-workspace`, when it cannot be understood.
 */
export async function readSettings(source: SourceTree): Promise<WorkspaceSettings> {
  const yaml = await source.readText(SETTINGS);
  if (yaml === undefined)
    return {
      json: {},
      globs: await workspacesField(source),
      isPnpm: false,
      linksPlainRanges: true,
    };
  const json = parseSettings(yaml);
  return {
    json,
    globs: strings(json['packages'], 'packages'),
    isPnpm: true,
    linksPlainRanges: await pnpmLinks(source, json),
  };
}

/** https://pnpm.io/settings#linkworkspacepackages; pnpm 9 and 10 read it from .npmrc, too. */
async function pnpmLinks(source: SourceTree, settings: JsonObject): Promise<boolean> {
  const setting = settings['linkWorkspacePackages'];
  if (setting !== undefined) return setting === true || setting === 'deep';
  return /^\s*link-workspace-packages\s*=\s*(?:true|deep)\s*$/m.test(
    (await source.readText('.npmrc')) ?? '',
  );
}

/**
 * Reads the package.json of every workspace package at the commit. Throws as `readSettings`, and
 * for a package.json.
 */
export async function readWorkspace(
  source: SourceTree,
  settings: WorkspaceSettings,
): Promise<Workspace> {
  return {
    catalogs: catalogsOf(settings.json),
    packages: await packagesOf(source, settings.globs),
  };
}

function parseSettings(yaml: string): JsonObject {
  let value: unknown;
  try {
    value = parse(yaml, { uniqueKeys: true, maxAliasCount: 0 });
  } catch (error) {
    throw invalid(
      SETTINGS,
      `valid YAML (${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unreadable'})`,
    );
  }
  if (value === null) return {};
  if (!isObject(value)) throw invalid(SETTINGS, 'a mapping');
  return value;
}

/** What npm, Yarn and Bun read where there is no pnpm-workspace.yaml. */
async function workspacesField(source: SourceTree): Promise<readonly string[]> {
  const text = await source.readText('package.json');
  const field =
    text === undefined ? undefined : parseManifestJson(text, 'package.json')['workspaces'];
  return strings(isObject(field) ? field['packages'] : field, 'workspaces');
}

function catalogsOf(settings: JsonObject): Catalogs {
  const named = settings['catalogs'] ?? {};
  if (!isObject(named)) throw invalid(`${SETTINGS}: catalogs`, 'a mapping of catalogs');
  const unnamed = settings['catalog'];
  if (unnamed !== undefined && unnamed !== null && named['default'] !== undefined) {
    throw invalid(SETTINGS, 'either catalog or catalogs.default, not both');
  }
  const entries = Object.entries(named).concat(
    unnamed === undefined || unnamed === null ? [] : [['default', unnamed]],
  );
  return new Map(entries.map(([name, value]) => [name, catalogOf(name, value)]));
}

function catalogOf(name: string, value: Json | undefined): ReadonlyMap<string, string> {
  if (!isObject(value)) throw invalid(`${SETTINGS}: catalog ${name}`, 'a mapping of ranges');
  return new Map(
    Object.entries(value).map(([dependency, range]) => {
      if (typeof range !== 'string')
        throw invalid(`${SETTINGS}: catalog ${name}.${dependency}`, 'a range as text');
      return [dependency, range];
    }),
  );
}

async function packagesOf(
  source: SourceTree,
  globs: readonly string[],
): Promise<readonly WorkspacePackage[]> {
  const manifests = (await source.list('')).filter(
    (file) => file.mode !== 'symlink' && file.mode !== 'submodule',
  );
  const directories = manifests.flatMap(({ path }) =>
    path === 'package.json' ? [''] : path.endsWith('/package.json') ? [path.slice(0, -13)] : [],
  );
  const members = directories.filter((directory) => directory === '' || isMember(directory, globs));
  const packages = await Promise.all(
    members.map(async (directory) => readPackage(source, directory)),
  );
  return packages.filter((found) => found !== undefined);
}

/**
 * As pnpm: a folder belongs when a pattern matches it and no `!pattern` does; never below
 * node_modules or bower_components.
 */
export function isMember(directory: string, globs: readonly string[]): boolean {
  if (/(?:^|\/)(?:node_modules|bower_components)(?:\/|$)/.test(directory)) return false;
  const matches = (glob: string): boolean =>
    matchesGlob(directory, glob.replace(/^\.\//, '').replace(/\/$/, ''));
  const [excluding, including] = [
    globs.filter((glob) => glob.startsWith('!')),
    globs.filter((glob) => !glob.startsWith('!')),
  ];
  return (
    including.some((glob) => matches(glob)) && !excluding.some((glob) => matches(glob.slice(1)))
  );
}

async function readPackage(
  source: SourceTree,
  directory: string,
): Promise<WorkspacePackage | undefined> {
  const path = directory === '' ? 'package.json' : `${directory}/package.json`;
  const manifest = parseManifestJson((await source.readText(path)) ?? '', path);
  const { name, version } = manifest;
  if (typeof name !== 'string') return undefined;
  return {
    name,
    directory,
    ...(typeof version === 'string' ? { version } : {}),
    ...(manifest['private'] === true ? { private: true } : {}),
  };
}

function strings(value: Json | undefined, field: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw invalid(field, 'a list of folder patterns');
}

function invalid(field: string, expected: string): InvalidInputError {
  return new InvalidInputError({ field, expected }, 'npm-workspace');
}
