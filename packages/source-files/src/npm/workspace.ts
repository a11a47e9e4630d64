import { pathIn, type SourceFiles } from '@ameide/versioning-core';
import { type JsonObject, parseManifestJson } from '../json/json.ts';
import { findSettings, isMember, readLeniently } from './find-root.ts';
import type { WorkspaceSettings } from './settings.ts';

/** A package of the repository, from its package.json at the commit. */
export interface WorkspacePackage {
  readonly name: string;
  /** Relative to the repository root; `''` for the root itself. */
  readonly directory: string;
  readonly version?: string;
  readonly private?: boolean;
}

/** The workspace of a package, at one commit. */
export interface PackageWorkspace {
  readonly settings: WorkspaceSettings;
  /** True if a folder other than the root is one of the workspace's packages. */
  isMember(directory: string): boolean;
  /** Like `isMember`, but also true for the root of a workspace. */
  isProject(directory: string): boolean;
  /**
   * Returns every package, including the root. Ignores the root's package.json if it is unreadable;
   * throws `InvalidInputError` for any other unreadable one.
   */
  packages(): Promise<readonly WorkspacePackage[]>;
}

const opened = new WeakMap<SourceFiles, Map<string, PackageWorkspace>>();

/**
 * Opens the workspace of a folder at the commit; all publishers of a release that are in one
 * workspace share it. Throws `InvalidInputError`, code `npm-workspace`, if it cannot be read.
 */
export async function openWorkspace(
  source: SourceFiles,
  directory: string,
): Promise<PackageWorkspace> {
  const settings = await findSettings(source, directory);
  const byRoot = opened.get(source) ?? new Map<string, PackageWorkspace>();
  opened.set(source, byRoot);
  const workspace = byRoot.get(settings.root) ?? makeWorkspace(source, settings);
  byRoot.set(settings.root, workspace);
  return workspace;
}

function makeWorkspace(source: SourceFiles, settings: WorkspaceSettings): PackageWorkspace {
  const { globs, root } = settings;
  let packages: Promise<readonly WorkspacePackage[]> | undefined;
  return {
    settings,
    isMember: (directory) => isMember(directory, settings),
    isProject: (directory) =>
      directory === root ? globs.length > 0 : isMember(directory, settings),
    async packages() {
      packages ??= readPackages(source, settings);
      return packages;
    },
  };
}

async function readPackages(
  source: SourceFiles,
  settings: WorkspaceSettings,
): Promise<readonly WorkspacePackage[]> {
  const manifests = (await source.list(settings.root)).filter(
    ({ mode, path }) =>
      /(?:^|\/)package\.json$/.test(path) && (mode === 'file' || mode === 'executable'),
  );
  const directories = manifests
    .map(({ path }) => path.slice(0, -'/package.json'.length))
    .filter((directory) => directory === settings.root || isMember(directory, settings));
  const packages = await Promise.all(
    directories.map(async (directory) =>
      directory === settings.root
        ? packageOf(directory, await readLeniently(source, directory))
        : readMember(source, directory),
    ),
  );
  return packages.filter((found) => found !== undefined);
}

async function readMember(
  source: SourceFiles,
  directory: string,
): Promise<WorkspacePackage | undefined> {
  const path = pathIn(directory, 'package.json');
  const manifest = parseManifestJson((await source.readText(path)) ?? '', path);
  return packageOf(directory, manifest);
}

function packageOf(directory: string, manifest: JsonObject): WorkspacePackage | undefined {
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
