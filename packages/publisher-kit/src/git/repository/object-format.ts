import { InvalidInputError } from '@ameide/versioning-core';

/** The hash by which a repository names its objects. */
export type ObjectFormat = 'sha1' | 'sha256';

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/** One entry of a tree object, in git's own order. */
export interface TreeEntry {
  readonly name: string;
  readonly mode: 'file' | 'executable' | 'symlink' | 'submodule' | 'directory';
  readonly id: string;
}

/** The parts of a commit object that we use. */
export interface CommitHeader {
  readonly tree: string;
  /** Committer time, Unix seconds, as git stores it; independent of the committer's time zone. */
  readonly time: number;
  /** The first line of the message; `''` if there is none. */
  readonly subject: string;
}

let hashing: typeof import('node:crypto') | undefined;

/**
 * Loads Node's hash functions. The reader of objects does so while it waits for git. An `import` would
 * also load the Web Crypto API, at the start of every command.
 */
export function loadHashing(): typeof import('node:crypto') {
  return (hashing ??= process.getBuiltinModule('node:crypto'));
}

/**
 * Computes git's id of an object: the hash of `<type> <size>\0<content>` (gitformat, "Object
 * storage").
 */
export function objectId(type: ObjectType, content: Uint8Array, format: ObjectFormat): string {
  return loadHashing()
    .createHash(format)
    .update(`${type} ${content.length}\0`)
    .update(content)
    .digest('hex');
}

/** Returns the hash that an id was made with, by its length. */
export function formatOf(id: string): ObjectFormat {
  return id.length === 64 ? 'sha256' : 'sha1';
}

/** Reads a commit object. Looks for fields in the header lines only: a message may contain anything. */
export function parseCommit(content: Buffer): CommitHeader {
  const end = content.indexOf('\n\n');
  const header = content.toString('latin1', 0, end === -1 ? content.length : end);
  const tree = /^tree ([0-9a-f]+)$/m.exec(header)?.[1];
  const time = /^committer .*> (-?\d+) [+-]\d+$/m.exec(header)?.[1];
  if (tree === undefined || time === undefined)
    throw new Error('git gave a commit object without a tree or a committer time');
  return { tree, time: Number(time), subject: subjectOf(content, end) };
}

/** Bytes to read of a subject, so that one as long as a file does no harm. */
const LONGEST_SUBJECT = 4096;

/** Bytes of another encoding than UTF-8 become U+FFFD. */
function subjectOf(content: Buffer, headerEnd: number): string {
  if (headerEnd === -1) return '';
  const message = utf8.decode(content.subarray(headerEnd + 2, headerEnd + 2 + LONGEST_SUBJECT));
  return message.trimStart().split('\n', 1)[0]?.trimEnd() ?? '';
}

const MODES: ReadonlyMap<string, TreeEntry['mode']> = new Map([
  ['40000', 'directory'],
  ['100644', 'file'],
  // Early versions of git wrote this; it checks out like 100644.
  ['100664', 'file'],
  ['100755', 'executable'],
  ['120000', 'symlink'],
  ['160000', 'submodule'],
]);

/**
 * Reads a tree object: `<mode> <name>\0<id bytes>`, repeated. Throws `InvalidInputError` for a name
 * that no checkout can hold, and for a name that occurs twice: of a link and a folder git would
 * silently lay out only one.
 */
export function parseTree(content: Buffer, format: ObjectFormat): readonly TreeEntry[] {
  const idLength = format === 'sha256' ? 32 : 20;
  const entries: TreeEntry[] = [];
  // Compares bytes: two names that are not UTF-8 may look the same as strings.
  const names = new Set<string>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const nul = content.indexOf(0, space);
    const mode = MODES.get(content.toString('latin1', at, space));
    if (space === -1 || nul === -1 || mode === undefined)
      throw new Error('git gave a tree object that cannot be read');
    const id = content.toString('hex', nul + 1, nul + 1 + idLength);
    const name = entryName(content.subarray(space + 1, nul));
    entries.push({ name, mode, id });
    if (names.size === names.add(content.toString('latin1', space + 1, nul)).size)
      throw unsafePath(name, 'each name once in a folder');
    at = nul + 1 + idLength;
  }
  return entries;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** A name that is not UTF-8 gets U+FFFD. Only publishing that file is a problem. */
function entryName(bytes: Buffer): string {
  const name = utf8.decode(bytes);
  // git refuses to check these out, and git fsck reports them, but a crafted tree can contain them.
  if (!['', '.', '..'].includes(name) && !name.includes('/') && name.toLowerCase() !== '.git') {
    return name;
  }
  throw unsafePath(name, 'no file or folder of the name ".", ".." or ".git"');
}

/** The error for a commit that no checkout can hold. */
export function unsafePath(path: string, expected: string): InvalidInputError {
  return new InvalidInputError(
    {
      field: 'path',
      received: path,
      expected,
      hint: 'Rename it in a new commit: git cannot check this one out as it is. git fsck lists such names.',
    },
    'unsafe-path',
  );
}
