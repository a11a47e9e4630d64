import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { ContentFile } from '@ameide/versioning-core';
import { sha256Hex } from '../digest.ts';
import { ArchiveError, ArchiveTooLargeError, type Member } from './member.ts';

/** A limit against archives that are made to fill the memory: about a million files. */
const MAX_LISTING = 512 * 1024 * 1024;
/** What one file takes, without its names. */
const FILE_COST = 512;
/** The members of a zip archive are read without I/O: without pauses, an abort would not be seen. */
const WITHOUT_PAUSE_MS = 50;

/** What a listing shows of a path: another path, or nothing. */
export type Renamed = (path: string) => string | undefined;

/**
 * Lists the files and symlinks of an archive, as they are once unpacked: a later member of a path
 * replaces an earlier one, a hard link is a file of its own. Paths come without a leading `./`.
 * Throws `ArchiveError`.
 */
export async function listMembers(
  members: Iterable<Member> | AsyncIterable<Member>,
  renamed: Renamed = (path) => path,
): Promise<readonly ContentFile[]> {
  const files = new Map<string, ContentFile>();
  const original = new Map<string, ContentFile>();
  let cost = 0;
  let paused = performance.now();
  for await (const member of members) {
    if (performance.now() - paused > WITHOUT_PAUSE_MS) {
      await setImmediate();
      paused = performance.now();
    }
    if (member.type === 'folder') continue;
    const name = plain(member.path);
    const path = renamed(name);
    if (path === undefined) continue;
    cost += FILE_COST + name.length + path.length;
    if (cost > MAX_LISTING) throw new ArchiveTooLargeError('it holds too many files to list');
    const file = await fileOf(member, path, original);
    original.set(name, file);
    files.set(path, file);
  }
  return [...files.values()];
}

async function fileOf(
  member: Member,
  path: string,
  before: ReadonlyMap<string, ContentFile>,
): Promise<ContentFile> {
  const { executable, link, size, type } = member;
  if (type === 'symlink') return symlink(path, link ?? (await member.content()));
  if (type === 'hard-link') {
    const target = before.get(plain(link ?? ''));
    if (target !== undefined) return { ...target, path };
    throw new ArchiveError(`its hard link ${path} does not lead to a file before it`);
  }
  const kind = executable ? ({ kind: 'executable' } as const) : {};
  return { path, size, digest: `sha256:${await digestOf(member)}`, ...kind };
}

function symlink(path: string, target: string | Uint8Array): ContentFile {
  const bytes = Buffer.from(target);
  const digest = `sha256:${sha256Hex(bytes)}`;
  return { path, size: bytes.length, digest, kind: 'symlink', target: bytes.toString('utf8') };
}

async function digestOf(member: Member): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of member.pieces()) hash.update(piece);
  return hash.digest('hex');
}

function plain(path: string): string {
  return path.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '');
}
