import { readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import packlist from 'npm-packlist';
import type { JsonObject } from '../manifest/json.ts';
import type { PackageManager } from '../workspace/package-manager.ts';
import { bundledTree } from './bundled-dependencies.ts';
import { commandFiles, listBelow, withDirectories } from './commands.ts';

/** A folder from which files are chosen for a package. */
export interface PackageFolder {
  /** Absolute: a checkout, or a layout that has only the names of its files. */
  readonly root: string;
  /** The folder to pack, relative to the root; `''` for the root itself. */
  readonly directory: string;
  /** The root of the package's workspace, in the same form. */
  readonly workspaceRoot: string;
  /** True for a package of the workspace: ignore files between its root and it may count. */
  readonly isMember: boolean;
  /**
   * True if a project of the workspace publishes this folder: as its own or as
   * `publishConfig.directory`.
   */
  readonly isOfProject: boolean;
  readonly manager: PackageManager;
}

/** A file of the package. */
export interface ChosenFile {
  /** The path in the package. */
  readonly path: string;
  /** The path in the repository. */
  readonly from: string;
}

/**
 * Chooses the files that the repository's own package manager would pack with this manifest, except
 * package.json. Uses npm 11's list, changed where pnpm, Yarn and Bun differ; each difference was
 * observed by running them (test/pack). Leaves out links, FIFOs and devices: npm never packs them,
 * and clients drop the links that pnpm packs.
 */
export async function chooseFiles(
  folder: PackageFolder,
  manifest: JsonObject,
): Promise<readonly ChosenFile[]> {
  const { directory, root } = folder;
  const path = join(root, directory);
  const tree = await bundledTree(
    path,
    packedManifest(manifest, path, folder.manager),
    folder.manager === 'npm' ? root : undefined,
  );
  const chosen = await packlist(tree as never, { path, ...(await inheritance(folder)) });
  // It writes `./@types/index.d.ts`, because its tar reads a name that begins with `@` as an archive's.
  const listed = chosen.map((file) => file.replace(/^\.\/(?=@)/, ''));
  const files = listed
    .filter((file) => file !== 'package.json')
    .map((file) => ({ path: file, from: posix.join(directory, file) }));
  return [...files, ...(await workspaceLicenses(folder, listed))];
}

/**
 * Returns the manifest with `main`, `browser` and `bin` as each tool reads them before it lists the
 * files.
 */
function packedManifest(manifest: JsonObject, path: string, manager: PackageManager): JsonObject {
  const isPnpm = manager === 'pnpm';
  // pnpm ignores directories.bin.
  const named = isPnpm ? manifest : withDirectories(manifest, listBelow(path, manifest));
  const paths = isPnpm ? withoutDots(manifest) : {};
  return { ...manifest, ...paths, bin: commandFiles(named) };
}

function withoutDots(manifest: JsonObject): JsonObject {
  const named = ['main', 'browser'].flatMap((field) => {
    const path = manifest[field];
    return typeof path === 'string' ? [[field, path.replace(/^\.\//, '')] as const] : [];
  });
  return Object.fromEntries(named);
}

/**
 * Decides whether the ignore files in parent folders count. npm: yes, for every workspace package.
 * pnpm: yes, unless the package has an .npmignore. Yarn and Bun: never.
 */
async function inheritance(
  folder: PackageFolder,
): Promise<{ readonly prefix?: string; readonly workspaces?: string[] }> {
  const { directory, isMember, manager, root, workspaceRoot } = folder;
  const path = join(root, directory);
  if (!isMember || manager === 'yarn' || manager === 'bun') return {};
  if (manager === 'pnpm' && (await filesOf(path)).includes('.npmignore')) return {};
  return { prefix: join(root, workspaceRoot), workspaces: [path] };
}

const LICENSE = /^licen[cs]e(?:\..+)?$/i;

/** If a project of the workspace has no LICENSE, pnpm packs the root's. */
async function workspaceLicenses(
  { directory, isOfProject, manager, root, workspaceRoot }: PackageFolder,
  listed: readonly string[],
): Promise<readonly ChosenFile[]> {
  if (manager !== 'pnpm' || !isOfProject || directory === workspaceRoot) return [];
  if (listed.some((path) => LICENSE.test(path.slice(path.lastIndexOf('/') + 1)))) return [];
  const licenses = (await filesOf(join(root, workspaceRoot))).filter((name) => LICENSE.test(name));
  return licenses.map((name) => ({ path: name, from: posix.join(workspaceRoot, name) }));
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
