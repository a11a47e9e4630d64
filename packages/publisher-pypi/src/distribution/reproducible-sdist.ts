import {
  ArchiveError,
  gzip,
  type Member,
  packTar,
  type TarEntry,
  tarGzMembers,
} from '@ameide/publisher-kit';
import { InvalidInputError } from '@ameide/versioning-core';

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

async function entryOf(member: Member, entries: ReadonlyMap<string, TarEntry>): Promise<TarEntry> {
  const { executable, link = '', type } = member;
  const path = plainPath(member.path);
  if (type === 'folder') return { path, folder: true };
  if (type === 'symlink') return { path, symlink: link };
  if (type === 'hard-link') {
    const original = entries.get(plainPath(link));
    if (original !== undefined && 'content' in original) return { ...original, path };
    throw new ArchiveError(`its hard link ${path} does not lead to a file before it`);
  }
  if (type !== 'file')
    throw new ArchiveError(`its member ${path} is neither a file, a folder nor a link`);
  return { path, content: await member.content(), executable };
}

/** Removes a leading `./` and a trailing `/`. */
function plainPath(path: string): string {
  return path.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
}
