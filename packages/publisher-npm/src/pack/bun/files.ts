import { join, posix } from 'node:path';
import type { ChosenFile, Manifests, PackageFolder } from '../choose-files.ts';
import { bundledFiles } from './bundled.ts';
import { commandsOf, filesOfProject } from './project.ts';

/** Chooses as Bun 1.4 does. */
export async function bunFiles(
  { directory, root }: PackageFolder,
  { source }: Manifests,
): Promise<readonly ChosenFile[]> {
  const top = join(root, directory);
  const { executables, folder } = commandsOf(source);
  const isCommand = (path: string): boolean =>
    executables.includes(path) || (folder !== undefined && posix.dirname(path) === folder);
  const paths = [
    ...(await filesOfProject(top, source)),
    ...(await bundledFiles(top, source, root)),
  ];
  return paths.toSorted().map((path) => ({
    path,
    from: posix.join(directory, path),
    ...(isCommand(path) ? { executable: true } : {}),
  }));
}
