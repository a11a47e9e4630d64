import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path/posix';
import { isObject, type JsonObject } from '@ameide/source-files/json';
import { bundledNames, dependencyNames } from '../../manifest/bundled.ts';
import { filesOfProject, isLeftOut } from './project.ts';

/**
 * Lists the files of the dependencies that Bun bundles: those in `bundledDependencies` that are in
 * the package's node_modules, and all their dependencies. It packs all files of a folder, and of a
 * link what it would pack of the package that the link leads to. Leaves out links that lead out of
 * `root`.
 */
export async function bundledFiles(
  top: string,
  manifest: JsonObject,
  root: string,
): Promise<readonly string[]> {
  const within = await realpath(root);
  const seen = new Set<string>();
  const files: string[] = [];
  const add = async (folder: string): Promise<void> => {
    if (seen.has(folder)) return;
    seen.add(folder);
    const json = await readPackage(join(top, folder));
    files.push(...(await filesOf(top, folder, json)));
    const { dependencies, optionalDependencies } = json;
    for (const name of [dependencies, optionalDependencies].flatMap(dependencyNames)) {
      const found = await findInstalled(top, name, folder, within);
      if (found !== undefined) await add(found);
    }
  };
  for (const name of bundledNames(manifest)) {
    const folder = join('node_modules', name);
    if (await isFolder(join(top, folder), within)) await add(folder);
  }
  return files;
}

/** Looks in the folder's node_modules, then in all that its path has. */
async function findInstalled(
  top: string,
  name: string,
  from: string,
  within: string,
): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder.slice(0, folder.lastIndexOf('node_modules')))) {
    const candidate = join(folder, 'node_modules', name);
    if (await isFolder(join(top, candidate), within)) return candidate;
    if (folder === '.') return undefined;
  }
}

async function isFolder(path: string, within: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true && (await realpath(path)).startsWith(`${within}/`);
}

async function filesOf(top: string, folder: string, json: JsonObject): Promise<readonly string[]> {
  const isLink = (await lstat(join(top, folder))).isSymbolicLink();
  const paths = isLink
    ? ['package.json', ...(await filesOfProject(join(top, folder), json))]
    : await everyFile(join(top, folder));
  return paths.map((path) => join(folder, path));
}

async function everyFile(top: string, folder = ''): Promise<readonly string[]> {
  const entries = await readdir(join(top, folder), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (path === 'node_modules' || isLeftOut(entry.name)) return [];
      if (entry.isDirectory()) return everyFile(top, path);
      return entry.isFile() ? [path] : [];
    }),
  );
  return found.flat();
}

async function readPackage(folder: string): Promise<JsonObject> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : {};
  } catch {
    return {};
  }
}
