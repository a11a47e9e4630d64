import { readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import packlist from 'npm-packlist';
import type { JsonObject } from '../manifest/json.ts';
import type { PackageManager } from '../workspace/package-manager.ts';
import { bundledTree } from './bundled-dependencies.ts';
import { commandFiles, listBelow, withDirectories } from './commands.ts';

/** A folder whose files are chosen for a package. */
export interface PackageFolder {
  /** Absolute: a checkout, or the names of its files alone. */
  readonly root: string;
  /** The folder that is packed, relative to the root; `''` for the root itself. */
  readonly directory: string;
  /** Whether it is a package of the workspace, whose ignore files above it may count. */
  readonly isMember: boolean;
  /** Whether a project of the workspace publishes it: as itself, or as its `publishConfig.directory`. */
  readonly isOfProject: boolean;
  readonly manager: PackageManager;
}

/** A file of the package. */
export interface ChosenFile {
  /** In the package. */
  readonly path: string;
  /** In the repository. */
  readonly from: string;
}

/**
 * What the repository's own package manager would pack under this manifest, package.json aside.
 * npm's list of npm 11 decides; the differences of pnpm, Yarn and Bun are here, each seen by
 * running them (test/pack). Links, FIFOs and devices are left out: npm never packs them, and a client
 * that unpacks what pnpm packs leaves links out.
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
  const listed = await packlist(tree as never, { path, ...(await inheritance(folder)) });
  const files = listed
    .filter((file) => file !== 'package.json')
    .map((file) => ({ path: file, from: posix.join(directory, file) }));
  return [...files, ...(await workspaceLicenses(folder, listed))];
}

/** As each tool reads `main`, `browser` and `bin` before it lists the files. */
function packedManifest(manifest: JsonObject, path: string, manager: PackageManager): JsonObject {
  const isPnpm = manager === 'pnpm';
  // pnpm does not look into directories.bin.
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
 * Whether the ignore files of the folders above count. npm: those of every workspace package.
 * pnpm: not for one with an .npmignore. Yarn and Bun: never.
 */
async function inheritance(
  folder: PackageFolder,
): Promise<{ readonly prefix?: string; readonly workspaces?: string[] }> {
  const { directory, isMember, manager, root } = folder;
  const path = join(root, directory);
  if (!isMember || manager === 'yarn' || manager === 'bun') return {};
  if (manager === 'pnpm' && (await filesOf(path)).includes('.npmignore')) return {};
  return { prefix: root, workspaces: [path] };
}

const LICENSE = /^licen[cs]e(?:\..+)?$/i;

/** pnpm adds the root's LICENSE to what a project of the workspace publishes, unless it has one. */
async function workspaceLicenses(
  { directory, isOfProject, manager, root }: PackageFolder,
  listed: readonly string[],
): Promise<readonly ChosenFile[]> {
  if (manager !== 'pnpm' || !isOfProject || directory === '') return [];
  if (listed.some((path) => LICENSE.test(path.slice(path.lastIndexOf('/') + 1)))) return [];
  const licenses = (await filesOf(root)).filter((name) => LICENSE.test(name));
  return licenses.map((name) => ({ path: name, from: name }));
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
