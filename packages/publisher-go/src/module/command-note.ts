import { inParallel } from '@ameide/publisher-kit';
import { folderOf, pathIn } from '@ameide/versioning-core';
import { decideGoZip } from '@ameide/versioning-core/go';
import type { ModuleAtCommit } from '../validate.ts';
import { isPackageFile } from './packages.ts';
import { parseGoSource } from './source-text.ts';

/**
 * Returns a note if nobody can install the module's commands: `go install …@version` refuses a
 * module whose go.mod has a `replace` or an `exclude` (cmd/go/internal/load/pkg.go,
 * `PackagesAndErrorsOutsideModule`). `removed` are lines that the published go.mod does not have.
 */
export async function commandNote(
  module: Pick<ModuleAtCommit, 'content' | 'file' | 'project'>,
  removed: readonly number[] = [],
): Promise<readonly string[]> {
  const { file, project } = module;
  const line = file.content.ownBuildLines.find((one) => !removed.includes(one));
  const command = line === undefined ? undefined : await findCommand(module);
  if (line === undefined || command === undefined) return [];
  const name = pathIn(file.module.path, command);
  return [
    `${project}: go install ${name}@VERSION fails, because go refuses it for a module with a replace or an exclude: ${file.path}, line ${line}.`,
  ];
}

/** Returns the folder of a command. */
async function findCommand({
  content,
  file,
}: Pick<ModuleAtCommit, 'content' | 'file'>): Promise<string | undefined> {
  const { files } = decideGoZip(content.files, file.content.goVersion);
  const sources = files.filter(({ path }) => path.endsWith('.go') && isPackageFile(path));
  const folders = await inParallel(sources, async ({ path }) => {
    const text = new TextDecoder().decode(await content.read(path));
    const isCommand = /^package main\b/m.test(text) && parseGoSource(text) !== undefined;
    return isCommand ? [folderOf(path)] : [];
  });
  return folders.flat()[0];
}
