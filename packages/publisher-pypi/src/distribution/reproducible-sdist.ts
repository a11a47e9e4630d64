import { gzip, packTar, type TarEntry } from '@ameide/publisher-kit';
import { InvalidInputError } from '@ameide/versioning-core';
import { ArchiveError } from './member.ts';
import { type TarMember, tarGzMembers } from './tar-gz.ts';

/**
 * Rewrites an sdist with an order, times, owners and modes that depend only on the commit.
 * Otherwise two builds of one commit would differ: setuptools, for one, writes the build time into
 * every header. Keeps paths and contents; a hard link becomes a separate file. `seconds`: Unix time
 * for all members. Throws `ArchiveError`, also for members that are neither files, folders nor
 * links.
 */
export async function reproducibleSdist(bytes: Uint8Array, seconds: number): Promise<Uint8Array> {
  const entries = new Map<string, TarEntry>();
  for await (const member of tarGzMembers(bytes)) {
    const entry = await entryOf(member, entries);
    entries.set(entry.path, entry);
  }
  try {
    return await gzip(await packTar([...entries.values()], { mtime: seconds, portable: false }));
  } catch (error) {
    if (error instanceof InvalidInputError) throw new ArchiveError(error.message, { cause: error });
    throw error;
  }
}

async function entryOf(
  member: TarMember,
  entries: ReadonlyMap<string, TarEntry>,
): Promise<TarEntry> {
  const { type, linkname, mode } = member.header;
  const path = plainPath(member.path);
  if (type === 'directory') return { path, folder: true };
  if (type === 'symlink') return { path, symlink: linkname };
  if (type === 'link') {
    const original = entries.get(plainPath(linkname));
    if (original !== undefined && 'content' in original) return { ...original, path };
    throw new ArchiveError(`its hard link ${path} leads to no file before it`);
  }
  if (type !== 'file' && type !== 'contiguous-file')
    throw new ArchiveError(`its member ${path} is neither a file, a folder nor a link`);
  return { path, content: await member.content(), executable: (mode & 0o100) !== 0 };
}

/** Removes a leading `./` and a trailing `/`. */
function plainPath(path: string): string {
  return path.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
}
