import type { Processes } from '@ameide/publisher-kit';
import { pathBelow, pathIn, type SourceTree, type TreeFile } from '@ameide/versioning-core';
import type { GoModuleFile } from '@ameide/versioning-core/go';

/** Everything in the folder of a module, including what `go` leaves out. */
export interface ModuleContent {
  readonly files: readonly GoModuleFile[];
  /** Reads the bytes of a file. */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** Returns the commit's content without submodules, which `go` does not fetch. */
export async function committedContent(
  source: SourceTree,
  directory: string,
  processes: Processes,
): Promise<ModuleContent> {
  const listed = (await source.list(directory)).filter(isFile);
  const sizes = await blobSizes(
    listed.map(({ objectId }) => objectId),
    source.gitDirectory,
    processes,
  );
  return {
    files: listed.map(({ path, mode }, index) => ({
      path: pathBelow(directory, path),
      mode,
      size: sizes[index],
    })),
    read: (path) => source.readBytes(pathIn(directory, path)),
  };
}

function isFile(file: TreeFile): file is TreeFile & Pick<GoModuleFile, 'mode'> {
  return file.mode !== 'submodule';
}

/**
 * Returns the bytes of each object, in one request; undefined for an object that this clone lacks.
 */
async function blobSizes(
  objectIds: readonly string[],
  gitDirectory: string,
  processes: Processes,
): Promise<readonly (number | undefined)[]> {
  if (objectIds.length === 0) return [];
  const { stdoutText } = await processes.run({
    argv: ['git', `--git-dir=${gitDirectory}`, 'cat-file', '--batch-check=%(objectsize)'],
    cwd: gitDirectory,
    // Otherwise a partial clone would fetch missing objects.
    env: { GIT_NO_LAZY_FETCH: '1' },
    input: objectIds.map((id) => `${id}\n`).join(''),
  });
  const lines = stdoutText.split('\n');
  return objectIds.map((_, index) =>
    /^\d+$/.test(lines[index] ?? '') ? Number(lines[index]) : undefined,
  );
}
