import type { SourceTree } from '@ameide/versioning-core';
import { parse } from 'yaml';
import { isObject, type Json, type JsonObject, parseManifestJson } from '../manifest/json.ts';
import { type Catalogs, readCatalogs } from './catalogs.ts';
import { detectPackageManager, type PackageManager } from './package-manager.ts';
import { workspaceError } from './workspace-error.ts';

/** What the repository's root says about its packages, at the commit. */
export interface WorkspaceSettings {
  readonly manager: PackageManager;
  /** The patterns of the workspace's folders; empty if there is no workspace. */
  readonly globs: readonly string[];
  readonly catalogs: Catalogs;
  /**
   * True if the package manager links a plain range to a workspace package whose version matches:
   * npm, Yarn and Bun do; pnpm does if its settings say so.
   */
  readonly linksPlainRanges: boolean;
}

const PNPM_SETTINGS = 'pnpm-workspace.yaml';
const YARN_SETTINGS = '.yarnrc.yml';

/**
 * Reads pnpm-workspace.yaml, or `workspaces` in the root package.json. Throws `InvalidInputError`,
 * code `npm-workspace`, for what the package manager could not read.
 */
export async function readSettings(source: SourceTree): Promise<WorkspaceSettings> {
  const yaml = await source.readText(PNPM_SETTINGS);
  if (yaml !== undefined) return pnpmSettings(parseYaml(yaml, PNPM_SETTINGS), source);
  const root = await readRoot(source);
  const field = root['workspaces'];
  const workspaces = isObject(field) ? field : {};
  const manager = await detectPackageManager(source, root);
  return {
    manager,
    // pnpm ignores the field.
    globs:
      manager === 'pnpm'
        ? []
        : strings(isObject(field) ? field['packages'] : field, 'package.json: workspaces'),
    catalogs:
      manager === 'yarn'
        ? readCatalogs(await yarnSettings(source), YARN_SETTINGS)
        : // https://bun.sh/docs/install/catalogs: beside `packages`, or at the top.
          readCatalogs({ ...onlyCatalogs(root), ...onlyCatalogs(workspaces) }, 'package.json'),
    linksPlainRanges: manager !== 'pnpm',
  };
}

async function pnpmSettings(json: JsonObject, source: SourceTree): Promise<WorkspaceSettings> {
  return {
    manager: 'pnpm',
    // Without the field only the root belongs: https://pnpm.io/pnpm-workspace_yaml
    globs: strings(json['packages'] ?? ['.'], `${PNPM_SETTINGS}: packages`),
    catalogs: readCatalogs(json, PNPM_SETTINGS),
    linksPlainRanges: await linksInPnpm(source, json),
  };
}

/** https://pnpm.io/settings#linkworkspacepackages; pnpm 9 and 10 read it from .npmrc, too. */
async function linksInPnpm(source: SourceTree, settings: JsonObject): Promise<boolean> {
  const setting = settings['linkWorkspacePackages'];
  if (setting !== undefined) return setting === true || setting === 'deep';
  const npmrc = (await source.readText('.npmrc')) ?? '';
  return /^\s*link-workspace-packages\s*=\s*(?:true|deep)\s*$/m.test(npmrc);
}

async function yarnSettings(source: SourceTree): Promise<JsonObject> {
  const text = await source.readText(YARN_SETTINGS);
  return text === undefined ? {} : parseYaml(text, YARN_SETTINGS);
}

async function readRoot(source: SourceTree): Promise<JsonObject> {
  const text = await source.readText('package.json');
  return text === undefined ? {} : parseManifestJson(text, 'package.json');
}

function onlyCatalogs({ catalog, catalogs }: JsonObject): JsonObject {
  return {
    ...(catalog === undefined ? {} : { catalog }),
    ...(catalogs === undefined ? {} : { catalogs }),
  };
}

/**
 * Reads anchors, aliases and merge keys (`<<`) as pnpm and Yarn do. The limit keeps a hostile file
 * from expanding to gigabytes.
 */
const MAX_ALIASES = 1000;

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
