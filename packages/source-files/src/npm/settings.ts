import { pathIn, type SourceFiles } from '@ameide/versioning-core';
import { parse } from 'yaml';
import { isObject, type Json, type JsonObject } from '../json/json.ts';
import { type Catalogs, readCatalogs } from './catalogs.ts';
import { type PackageManager, packerOf } from './package-manager.ts';
import { workspaceError } from './workspace-error.ts';
import { yarnOwnFiles } from './yarn-own-files.ts';

/** What the root of a workspace says about its packages, at the commit. */
export interface WorkspaceSettings {
  /** The folder that says it, relative to the repository root; `''` for that root itself. */
  readonly root: string;
  readonly manager: PackageManager;
  /** The tool that decides what is packed. */
  readonly packer: PackageManager;
  /** What Yarn writes for itself, relative to the root. Empty for the other tools. */
  readonly toolFiles: readonly string[];
  /** The patterns of the workspace's folders; empty if there is no workspace. */
  readonly globs: readonly string[];
  readonly catalogs: Catalogs;
  /**
   * True if the package manager links a plain range to a workspace package whose version matches:
   * npm, Yarn and Bun do; pnpm does if its settings say so.
   */
  readonly linksPlainRanges: boolean;
  /** pnpm's `skipManifestObfuscation`: `packageManager` and the publishing scripts are packed. */
  readonly keepsScripts: boolean;
  /** pnpm's `embedReadme`: the packed package.json has the README as its `readme`. */
  readonly embedsReadme: boolean;
}

const PNPM_SETTINGS = 'pnpm-workspace.yaml';
const YARN_SETTINGS = '.yarnrc.yml';

/**
 * Reads the folder's pnpm-workspace.yaml, or undefined if it has none. Throws `InvalidInputError`,
 * code `npm-workspace`, for what pnpm could not read.
 */
export async function readPnpmSettings(
  source: SourceFiles,
  root: string,
): Promise<WorkspaceSettings | undefined> {
  const path = pathIn(root, PNPM_SETTINGS);
  const yaml = await source.readText(path);
  if (yaml === undefined) return undefined;
  const json = parseYaml(yaml, path);
  return {
    root,
    manager: 'pnpm',
    packer: 'pnpm',
    toolFiles: [],
    // Without the field only the root belongs: https://pnpm.io/pnpm-workspace_yaml
    globs: strings(json['packages'] ?? ['.'], `${path}: packages`),
    catalogs: readCatalogs(json, path),
    linksPlainRanges: await linksInPnpm(source, root, json),
    keepsScripts: isOn(json['skipManifestObfuscation']),
    embedsReadme: isOn(json['embedReadme']),
  };
}

/**
 * Reads `workspaces` and the catalogs of a package.json. Throws `InvalidInputError`, code
 * `npm-workspace`, for what the package manager could not read.
 */
export async function readManifestSettings(
  source: SourceFiles,
  root: string,
  manager: PackageManager,
  manifest: JsonObject,
): Promise<WorkspaceSettings> {
  const path = pathIn(root, 'package.json');
  const field = manifest['workspaces'];
  const workspaces = isObject(field) ? field : {};
  const yarnPath = pathIn(root, YARN_SETTINGS);
  const yarn = manager === 'yarn' ? await yarnSettings(source, yarnPath) : undefined;
  return {
    root,
    manager,
    packer: await packerOf(source, root, manifest, manager),
    toolFiles: yarn === undefined ? [] : yarnOwnFiles(yarn).map((path) => pathIn(root, path)),
    // pnpm ignores the field.
    globs:
      manager === 'pnpm'
        ? []
        : strings(isObject(field) ? field['packages'] : field, `${path}: workspaces`),
    catalogs:
      yarn === undefined
        ? // https://bun.sh/docs/install/catalogs: beside `packages`, or at the top.
          readCatalogs({ ...onlyCatalogs(manifest), ...onlyCatalogs(workspaces) }, path)
        : readCatalogs(yarn, yarnPath),
    linksPlainRanges: manager !== 'pnpm',
    keepsScripts: false,
    embedsReadme: false,
  };
}

/** https://pnpm.io/settings#linkworkspacepackages; pnpm 9 and 10 read it from .npmrc, too. */
async function linksInPnpm(
  source: SourceFiles,
  root: string,
  settings: JsonObject,
): Promise<boolean> {
  const setting = settings['linkWorkspacePackages'];
  if (setting !== undefined) return isOn(setting) || setting === 'deep';
  const npmrc = (await source.readText(pathIn(root, '.npmrc'))) ?? '';
  return /^[^\S\n]*link-workspace-packages[^\S\n]*=[^\S\n]*(?:true|deep)[^\S\n]*$/m.test(npmrc);
}

/** pnpm reads YAML 1.1, which has many words for true. */
function isOn(setting: Json | undefined): boolean {
  return setting === true || (typeof setting === 'string' && /^(?:true|yes|on|y)$/i.test(setting));
}

async function yarnSettings(source: SourceFiles, path: string): Promise<JsonObject> {
  const text = await source.readText(path);
  return text === undefined ? {} : parseYaml(text, path);
}

function onlyCatalogs({ catalog, catalogs }: JsonObject): JsonObject {
  return {
    ...(catalog === undefined ? {} : { catalog }),
    ...(catalogs === undefined ? {} : { catalogs }),
  };
}

/** Keeps a hostile file from expanding to gigabytes. */
const MAX_ALIASES = 1000;

/** Reads anchors, aliases and merge keys (`<<`) as pnpm and Yarn do. */
function parseYaml(yaml: string, path: string): JsonObject {
  let value: unknown;
  try {
    value = parse(yaml, { uniqueKeys: true, merge: true, maxAliasCount: MAX_ALIASES });
  } catch (error) {
    const [why = 'unreadable'] = error instanceof Error ? error.message.split('\n') : [];
    throw workspaceError(path, `valid YAML (${why})`);
  }
  if (value === null) return {};
  if (!isObject(value)) throw workspaceError(path, 'a mapping');
  return value;
}

function strings(value: Json | undefined, field: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw workspaceError(field, 'a list of folder patterns');
}
