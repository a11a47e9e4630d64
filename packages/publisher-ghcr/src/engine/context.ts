import { folderOf } from '@ameide/versioning-core';
import { type FolderEntry, listFolder } from '../folder/list-folder.ts';
import { type ContextRequest, createFilter } from './context-filter.ts';
import { type FileStat, goMode, MODE_FOLDER, MODE_LINK } from './file-packet.ts';

/** A file, folder or symbolic link of a build context. */
export interface ContextFile {
  readonly stat: FileStat;
  /** The absolute path of a file's content. */
  readonly absolute?: Buffer;
}

/**
 * Lists what `docker build` would send of a folder: links as links, wherever they point, and names
 * as bytes; only files, folders and links. Every time is `mtime`, Unix seconds, so that COPY makes
 * the same layers again. Leaves out `.git`, as BuildKit does for a context that it fetches from
 * git.
 */
export async function listContext(
  folder: string,
  request: ContextRequest,
  mtime: number,
): Promise<readonly ContextFile[]> {
  const filter = await createFilter(folder, request);
  const entries = await listFolder(
    folder,
    (path, isFolder) =>
      /(?:^|\/)\.git$/.test(path) || (isFolder ? !filter.descend(path) : !filter.wants(path)),
  );
  const above = new Set(
    entries.flatMap(({ kind, path }) => (kind === 'folder' ? [] : [folderOf(path)])),
  );
  for (const path of above) if (path !== '') above.add(folderOf(path));
  return entries
    .filter(
      ({ kind, path }) =>
        kind !== 'other' && (kind !== 'folder' || above.has(path) || filter.wants(path)),
    )
    .map((entry) => contextFile(entry, mtime));
}

function contextFile(
  { absolute, bytes, kind, mode, size, target }: FolderEntry,
  mtime: number,
): ContextFile {
  const stat = { path: bytes, mode: goMode(mode), size: 0, mtime };
  if (kind === 'folder') return { stat: { ...stat, mode: MODE_FOLDER + stat.mode } };
  if (target !== undefined) return { stat: { ...stat, mode: MODE_LINK + 0o777, link: target } };
  return { stat: { ...stat, size }, absolute };
}
