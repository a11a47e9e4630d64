import { matchesGlob } from 'node:path/posix';
import { pathIn, type SourceTree } from '@ameide/versioning-core';
import { parseManifestJson } from '../manifest/json.ts';
import { readSettings, type WorkspaceSettings } from './settings.ts';

/** A package of the repository, from its package.json at the commit. */
export interface WorkspacePackage {
  readonly name: string;
  /** Relative to the repository root; `''` for the root itself. */
  readonly directory: string;
  readonly version?: string;
  readonly private?: boolean;
}

/** The workspace of one commit. */
export interface PackageWorkspace {
  readonly settings: WorkspaceSettings;
  /** True if a folder other than the root is one of the workspace's packages. */
  isMember(directory: string): boolean;
  /** Like `isMember`, but also true for the root of a workspace. */
  isProject(directory: string): boolean;
  /**
   * Returns every package, including the root. Throws `InvalidInputError` if a package.json cannot
   * be read.
   */
  packages(): Promise<readonly WorkspacePackage[]>;
}

const opened = new WeakMap<SourceTree, Promise<PackageWorkspace>>();

/**
 * Opens the workspace at the commit, once for all publishers of a release. Throws
 * `InvalidInputError`, code `npm-workspace`, if it cannot be read.
 */
export async function openWorkspace(source: SourceTree): Promise<PackageWorkspace> {
  const known = opened.get(source) ?? readWorkspace(source);
  opened.set(source, known);
  return known;
}

async function readWorkspace(source: SourceTree): Promise<PackageWorkspace> {
  const settings = await readSettings(source);
  let packages: Promise<readonly WorkspacePackage[]> | undefined;
  return {
    settings,
    isMember: (directory) => directory !== '' && isMember(directory, settings.globs),
    isProject: (directory) =>
      directory === '' ? settings.globs.length > 0 : isMember(directory, settings.globs),
    async packages() {
      packages ??= readPackages(source, settings.globs);
      return packages;
    },
  };
}

async function readPackages(
  source: SourceTree,
  globs: readonly string[],
): Promise<readonly WorkspacePackage[]> {
  const manifests = (await source.list('')).filter(
    ({ mode, path }) =>
      /(?:^|\/)package\.json$/.test(path) && (mode === 'file' || mode === 'executable'),
  );
  const directories = manifests
    .map(({ path }) => path.slice(0, -'/package.json'.length))
    .filter((directory) => directory === '' || isMember(directory, globs));
  const packages = await Promise.all(
    directories.map(async (directory) => readPackage(source, directory)),
  );
  return packages.filter((found) => found !== undefined);
}

/**
 * True if a pattern matches the folder and no `!pattern` does, as in pnpm; never below node_modules
 * or bower_components.
 */
function isMember(directory: string, globs: readonly string[]): boolean {
  if (/(?:^|\/)(?:node_modules|bower_components)(?:\/|$)/.test(directory)) return false;
  const matches = (glob: string): boolean =>
    matchesGlob(directory, glob.replace(/^\.\//, '').replace(/\/$/, ''));
  const excluding = globs.filter((glob) => glob.startsWith('!'));
  const including = globs.filter((glob) => !glob.startsWith('!'));
  return including.some(matches) && !excluding.some((glob) => matches(glob.slice(1)));
}

async function readPackage(
  source: SourceTree,
  directory: string,
): Promise<WorkspacePackage | undefined> {
  const path = pathIn(directory, 'package.json');
  const manifest = parseManifestJson((await source.readText(path)) ?? '', path);
  const { name, version } = manifest;
  if (typeof name !== 'string') return undefined;
  return {
    name,
    directory,
    ...(typeof version === 'string' ? { version } : {}),
    // npm refuses any value that is true in JavaScript, even the string "false".
    ...(manifest['private'] ? { private: true } : {}),
  };
}
