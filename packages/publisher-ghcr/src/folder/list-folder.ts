import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface FolderEntry {
  /** Relative to the folder, with `/`. U+FFFD replaces bytes that are not UTF-8. */
  readonly path: string;
  /** The path's bytes. */
  readonly bytes: Buffer;
  readonly absolute: Buffer;
  /** `other`: a device, a socket, a FIFO. */
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Permissions, with the bits for setuid, setgid and sticky: 0o644, 0o1777. */
  readonly mode: number;
  /** Bytes of a file. */
  readonly size: number;
  /** The target of a link, as written. */
  readonly target?: Buffer;
}

const SLASH = Buffer.from('/');

/**
 * Lists everything below a folder, links as links, sorted by the bytes of the names, each folder
 * before its content. Calls `isLeftOut` first and does not look into folders that are left out.
 */
export async function listFolder(
  folder: string,
  isLeftOut: (path: string, isFolder: boolean) => boolean,
): Promise<readonly FolderEntry[]> {
  const root = Buffer.from(join(folder, '/'));
  const entries: FolderEntry[] = [];
  const walk = async (below: Buffer): Promise<void> => {
    const names = await readdir(Buffer.concat([root, below]), { encoding: 'buffer' });
    for (const name of names.toSorted((a, b) => a.compare(b))) {
      const entry = await readEntry(root, Buffer.concat([below, name]));
      const isFolder = entry.kind === 'folder';
      if (isLeftOut(entry.path, isFolder)) continue;
      entries.push(entry);
      if (isFolder) await walk(Buffer.concat([entry.bytes, SLASH]));
    }
  };
  await walk(Buffer.alloc(0));
  return entries;
}

async function readEntry(root: Buffer, bytes: Buffer): Promise<FolderEntry> {
  const absolute = Buffer.concat([root, bytes]);
  const found = await lstat(absolute);
  const entry = {
    path: bytes.toString(),
    bytes,
    absolute,
    mode: found.mode & 0o7777,
    size: found.size,
  };
  if (found.isSymbolicLink())
    return { ...entry, kind: 'link', target: await readlink(absolute, { encoding: 'buffer' }) };
  if (found.isDirectory()) return { ...entry, kind: 'folder' };
  return { ...entry, kind: found.isFile() ? 'file' : 'other' };
}
