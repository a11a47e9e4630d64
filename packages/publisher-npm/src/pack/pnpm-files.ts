import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { isObject, type Json, type JsonObject } from '@ameide/source-files/json';
import packlist from 'npm-packlist';
import { configOf } from '../manifest/read.ts';
import { bundledTree } from './bundled-dependencies.ts';
import type { ChosenFile, Manifests, PackageFolder } from './choose-files.ts';
import { commandFiles, inPackage, withDirectories } from './commands.ts';
import { npmPackage } from './npm-files.ts';

/**
 * Chooses as pnpm 12 does: by npm's library, but with differences. `directories.bin` makes files
 * executable, and adds none.
 */
export async function pnpmFiles(
  folder: PackageFolder,
  { published }: Manifests,
): Promise<readonly ChosenFile[]> {
  const { directory, root } = folder;
  const path = join(root, directory);
  const tree = await bundledTree(path, {
    ...published,
    ...exactPaths(published),
    ...filePatterns(published, path),
    bin: commandFiles(published),
  });
  const chosen = await packlist(tree as never, { path, ...(await inherited(folder)) });
  const listed =
    published['files'] === undefined ? chosen : chosen.filter((one) => !NEVER.test(one));
  const files = npmPackage(listed, directory, (paths) =>
    executableFiles(withDirectories(published, paths)),
  );
  return [...files, ...(await workspaceLicenses(folder, listed))];
}

/** What `files` cannot name. */
const NEVER = /(?:^|\/)(?:(?:\.hg|\.svn|CVS)\/|\.npmrc$)/;

/** npm reads the paths as patterns, and none that begins with a dot. */
function exactPaths(manifest: JsonObject): JsonObject {
  const named = ['main', 'browser'].flatMap((field) => {
    const path = manifest[field];
    if (typeof path !== 'string') return [];
    return [[field, path.replace(/^\.\//, '').replace(/[[\]{}()*?!]/g, '\\$&')] as const];
  });
  return Object.fromEntries(named);
}

/**
 * pnpm ignores entries of `files` with `..`, and an entry that excludes a file wins over one that
 * names it. npm's library lets the name win, but not a pattern, so such a name is written as a
 * pattern: `lib/a.j[s]`.
 */
function filePatterns({ files }: JsonObject, folder: string): JsonObject {
  if (!Array.isArray(files)) return {};
  // Nor does one with an escaped `!` name anything.
  const entries = files
    .map(String)
    .filter((entry) => !/(?:^|[!/])\.\.(?:\/|$)/.test(entry) && !entry.startsWith('\\!'));
  const excluded = new Set(
    entries.flatMap((entry) => (entry.startsWith('!') ? [entry.replace(/^!\/?/, '')] : [])),
  );
  const isExcluded = (path: string): boolean =>
    excluded.has(path) &&
    statSync(join(folder, path), { throwIfNoEntry: false })?.isFile() === true;
  return {
    files: entries.map((entry) =>
      isExcluded(inPackage(entry)) ? entry.replace(/.$/, '[$&]') : entry,
    ),
  };
}

function executableFiles(manifest: JsonObject): readonly string[] {
  const listed = configOf(manifest)['executableFiles'];
  const paths = Array.isArray(listed) ? listed.map((path) => inPackage(String(path))) : [];
  return [...commandFiles({ bin: linkedCommands(manifest['bin']) }), ...paths];
}

/** pnpm links no command with a name that is no part of a URL, and none by an absolute path. */
function linkedCommands(bin: Json | undefined): Json {
  if (typeof bin === 'string') return bin.startsWith('/') ? [] : bin;
  if (!isObject(bin)) return [];
  const isLinked = (name: string, path: Json | undefined): boolean => {
    const command = name.replace(/^@[^/]*\//, '');
    const isNamed = command === '$' || command === encodeURIComponent(command);
    return isNamed && typeof path === 'string' && !path.startsWith('/');
  };
  return Object.fromEntries(Object.entries(bin).filter(([name, path]) => isLinked(name, path)));
}

/** The ignore files in the folders above count in a workspace, unless there is an .npmignore. */
async function inherited({
  directory,
  isMember,
  root,
  workspaceRoot,
}: PackageFolder): Promise<{ readonly prefix?: string; readonly workspaces?: string[] }> {
  const path = join(root, directory);
  if (!isMember || (await filesOf(path)).includes('.npmignore')) return {};
  return { prefix: join(root, workspaceRoot), workspaces: [path] };
}

const LICENSE = /^licen[cs]e(?:\..+)?$/i;

/** If a project of the workspace has no LICENSE, the root's is packed. */
async function workspaceLicenses(
  { directory, isOfProject, root, workspaceRoot }: PackageFolder,
  listed: readonly string[],
): Promise<readonly ChosenFile[]> {
  if (!isOfProject || directory === workspaceRoot) return [];
  if (listed.some((path) => LICENSE.test(path.slice(path.lastIndexOf('/') + 1)))) return [];
  const licenses = (await filesOf(join(root, workspaceRoot))).filter((name) => LICENSE.test(name));
  return licenses.map((name) => ({ path: name, from: posix.join(workspaceRoot, name) }));
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
