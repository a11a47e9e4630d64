import { join, posix } from 'node:path';
import packlist from 'npm-packlist';
import { bundledTree } from './bundled-dependencies.ts';
import type { ChosenFile, Manifests, PackageFolder } from './choose-files.ts';
import { commandFiles, listBelow, withDirectories } from './commands.ts';

/** Chooses as npm 11 does, by its own library. */
export async function npmFiles(
  folder: PackageFolder,
  { published }: Manifests,
): Promise<readonly ChosenFile[]> {
  const { directory, isMember, members, root, workspaceRoot } = folder;
  const path = join(root, directory);
  const named = withDirectories(published, listBelow(path, published));
  const tree = await bundledTree(path, { ...published, bin: commandFiles(named) }, root);
  // Below the root of a workspace only its packages have ignore files and `files` of their own.
  if (members !== undefined)
    Object.assign(tree, { workspaces: new Map(members.map((one) => [one, join(root, one)])) });
  // In a workspace the ignore files in the folders above count.
  const inherited = isMember ? { prefix: join(root, workspaceRoot), workspaces: [path] } : {};
  const listed = await packlist(tree as never, { path, ...inherited });
  return npmPackage(listed, directory, (paths) => commandFiles(withDirectories(published, paths)));
}

/** Makes a package's files of the paths that npm-packlist lists. */
export function npmPackage(
  listed: readonly string[],
  directory: string,
  commands: (paths: readonly string[]) => readonly string[],
): readonly ChosenFile[] {
  const paths = listed
    // It writes `./@types/index.d.ts`, because its tar reads a name that begins with `@` as an archive's.
    .map((path) => path.replace(/^\.\/(?=@)/, ''))
    .filter((path) => path !== 'package.json');
  const executables = new Set(commands(paths));
  return paths.map((path) => ({
    path,
    from: posix.join(directory, path),
    ...(executables.has(path) ? { executable: true } : {}),
  }));
}
