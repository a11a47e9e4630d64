import { pathIn, type SourceFiles } from '@ameide/versioning-core';
import { isObject, type JsonObject, parseManifestJson } from '../json/json.ts';
import { isNamed } from './members.ts';
import { detectPackageManager } from './package-manager.ts';
import { readManifestSettings, readPnpmSettings, type WorkspaceSettings } from './settings.ts';

/**
 * Finds the workspace of a folder as the package managers do: the nearest pnpm-workspace.yaml at or
 * above it, or the nearest package.json above it whose `workspaces` name it. Else it is a root
 * itself, or belongs to no workspace. Throws `InvalidInputError` if the root cannot be read.
 */
export async function findSettings(
  source: SourceFiles,
  directory: string,
): Promise<WorkspaceSettings> {
  let own: WorkspaceSettings | undefined;
  for (const folder of foldersUpFrom(directory)) {
    const settings = await readRoot(source, folder);
    if (settings === undefined) continue;
    if (isMember(directory, settings)) return refuseInvalidRoot(source, settings);
    if (settings.manager === 'pnpm') return own ?? settings;
    if (folder === directory) own = settings;
  }
  return own === undefined ? withoutWorkspace(source, directory) : refuseInvalidRoot(source, own);
}

/** True if a folder other than the root is one of the workspace's packages. */
export function isMember(directory: string, { root, globs, manager }: WorkspaceSettings): boolean {
  const prefix = pathIn(root, '');
  if (directory === root || !directory.startsWith(prefix)) return false;
  return isNamed(directory.slice(prefix.length), globs, manager);
}

export function foldersUpFrom(directory: string): readonly string[] {
  if (directory === '') return [''];
  const parts = directory.split('/');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/')).concat('');
}

/** Reads the settings if the folder is the root of a workspace. */
async function readRoot(
  source: SourceFiles,
  folder: string,
): Promise<WorkspaceSettings | undefined> {
  const pnpm = await readPnpmSettings(source, folder);
  if (pnpm !== undefined) return pnpm;
  const manifest = await readLeniently(source, folder);
  if (!manifest['workspaces']) return undefined;
  const manager = (await detectPackageManager(source, folder, manifest)) ?? 'npm';
  if (manager === 'pnpm') return undefined;
  return readManifestSettings(source, folder, manager, manifest);
}

/** The nearest folder that shows a package manager decides; else the root of the repository. */
async function withoutWorkspace(
  source: SourceFiles,
  directory: string,
): Promise<WorkspaceSettings> {
  for (const folder of foldersUpFrom(directory)) {
    const manifest = await readLeniently(source, folder);
    const manager = await detectPackageManager(source, folder, manifest);
    if (manager !== undefined) return readManifestSettings(source, folder, manager, manifest);
  }
  return readManifestSettings(source, '', 'npm', await readLeniently(source, ''));
}

/**
 * Reads `{}` for what is no JSON object: the package.json of another package must not stop this
 * one, and npm ignores it, too.
 */
export async function readLeniently(source: SourceFiles, folder: string): Promise<JsonObject> {
  const text = (await source.readText(pathIn(folder, 'package.json'))) ?? '{}';
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Throws `InvalidInputError` if the root's package.json is not valid or has a key twice. */
async function refuseInvalidRoot(
  source: SourceFiles,
  settings: WorkspaceSettings,
): Promise<WorkspaceSettings> {
  if (settings.manager === 'pnpm') return settings;
  const path = pathIn(settings.root, 'package.json');
  parseManifestJson((await source.readText(path)) ?? '', path);
  return settings;
}
