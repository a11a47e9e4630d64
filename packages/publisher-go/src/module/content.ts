import { objectSizes, type Processes } from '@ameide/publisher-kit';
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
  const sizes = await objectSizes(
    listed.map(({ objectId }) => objectId),
    { source: source.gitDirectory, processes },
  );
  return {
    files: listed.map(({ path, mode, objectId }) => ({
      path: pathBelow(directory, path),
      mode,
      size: sizes.get(objectId),
    })),
    read: (path) => source.readBytes(pathIn(directory, path)),
  };
}

function isFile(file: TreeFile): file is TreeFile & Pick<GoModuleFile, 'mode'> {
  return file.mode !== 'submodule';
}
