import { join } from 'node:path/posix';
import {
  folderOf,
  InvalidInputError,
  inputProblem,
  isBelow,
  pathBelow,
  pathIn,
  type SourceFiles,
} from '@ameide/versioning-core';
import { parseGoWork } from '@ameide/versioning-core/go';
import { foldersUpFrom } from '../npm/find-root.ts';
import { isNamed } from '../npm/members.ts';
import { openWorkspace } from '../npm/workspace.ts';
import { isUvMember, uvWorkspace } from '../python/uv-workspace.ts';
import type { Unreadable } from './find-packages.ts';

/** True for the path of a manifest whose folder the workspace names. */
type Names = (manifest: string) => boolean;

/**
 * Finds the workspaces whose files are among the paths, and returns what they name. Patterns with `**`
 * count for nothing: they find fixtures as well.
 */
export async function membersByName(
  source: SourceFiles,
  paths: readonly string[],
  problems: Unreadable[],
): Promise<Names> {
  const ends = (name: string): readonly string[] =>
    paths.filter((path) => path === name || path.endsWith(`/${name}`));
  const found = await Promise.all([
    ...[...new Set([...ends('package.json'), ...ends('pnpm-workspace.yaml')].map(folderOf))].map(
      async (folder) => npmNames(source, folder, problems),
    ),
    ...ends('pyproject.toml').map(async (path) => uvNames(source, path)),
    ...ends('go.work').map(async (path) => goNames(source, path)),
  ]);
  const workspaces = found.filter((names) => names !== undefined);
  return (manifest) => workspaces.some((names) => names(manifest));
}

async function npmNames(
  source: SourceFiles,
  folder: string,
  problems: Unreadable[],
): Promise<Names | undefined> {
  const [own = '', pnpm] = await Promise.all(
    ['package.json', 'pnpm-workspace.yaml'].map(async (name) =>
      source.readText(pathIn(folder, name)),
    ),
  );
  if (pnpm === undefined && !own.includes('"workspaces"')) return undefined;
  try {
    const { settings } = await openWorkspace(source, folder);
    if (settings.root !== folder) return undefined;
    const globs = settings.globs.filter((glob) => glob.startsWith('!') || !glob.includes('**'));
    return (path) =>
      path.endsWith('/package.json') &&
      isBelow(folder, path) &&
      isNamed(pathBelow(folder, folderOf(path)), globs, settings.manager);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    // `readNpmPackage` reports a package.json that cannot be read.
    const path = fileOf(error, folder);
    const isKnown = problems.some((one) => one.path === path);
    if (error.code === 'npm-workspace' && !isKnown) problems.push({ ...inputProblem(error), path });
    return undefined;
  }
}

const SETTINGS = ['pnpm-workspace.yaml', '.yarnrc.yml', 'package.json'];

/** The file that the error is about, of the folder or one above it: `field` begins with it. */
function fileOf({ field }: InvalidInputError, folder: string): string {
  const files = foldersUpFrom(folder).flatMap((one) => SETTINGS.map((name) => pathIn(one, name)));
  return files.find((path) => field === path || field.startsWith(`${path}: `)) ?? field;
}

async function uvNames(source: SourceFiles, path: string): Promise<Names | undefined> {
  const workspace = uvWorkspace((await source.readText(path)) ?? '');
  if (workspace === undefined) return undefined;
  const folder = folderOf(path);
  const members = workspace.members.filter((glob) => !glob.includes('**'));
  return (manifest) =>
    /\/(?:pyproject\.toml|setup\.(?:cfg|py))$/.test(manifest) &&
    isBelow(folder, manifest) &&
    isUvMember(pathBelow(folder, folderOf(manifest)), { ...workspace, members });
}

async function goNames(source: SourceFiles, path: string): Promise<Names> {
  const { uses } = parseGoWork((await source.readText(path)) ?? '');
  const used = new Set(uses.map((folder) => join(folderOf(path), folder)));
  return (manifest) => manifest.endsWith('/go.mod') && used.has(folderOf(manifest));
}
