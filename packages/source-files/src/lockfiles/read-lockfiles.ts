import {
  folderOf,
  InvalidInputError,
  type Problem,
  pathIn,
  problem,
  type SourceFiles,
} from '@ameide/versioning-core';
import { readBunLock } from './bun.ts';
import { readGoMod, readGoWork, usedFolders } from './go-mod.ts';
import { type LockGraph, lockfileOf } from './graph.ts';
import { lineAt } from './lines.ts';
import type { Lockfile } from './locked-package.ts';
import { LockfileError } from './lockfile-error.ts';
import { readNpmLock } from './npm-lock.ts';
import { readPnpmLock } from './pnpm.ts';
import { readPdmLock, readPipfileLock, readPoetryLock, readPylock } from './python-flat.ts';
import { readRequirements } from './requirements.ts';
import { readUvLock } from './uv.ts';
import { readYarnLock } from './yarn.ts';

export interface ReadLockfiles {
  /** Sorted by path. */
  readonly lockfiles: readonly Lockfile[];
  /** Code `lockfile-unreadable`, with path and, if known, line. */
  readonly problems: readonly Problem[];
}

type Read = (path: string, text: string, files: SourceFiles) => Promise<Lockfile>;

const READERS: readonly (readonly [RegExp, Read])[] = [
  [/^pnpm-lock\.yaml$/, graph(readPnpmLock)],
  [/^(?:package-lock|npm-shrinkwrap)\.json$/, graph(readNpmLock)],
  [/^yarn\.lock$/, graph(readYarnLock)],
  [/^bun\.lock$/, graph(readBunLock)],
  [/^bun\.lockb$/, refuseBinary],
  [/^uv\.lock$/, graph(async (path, text) => readUvLock(path, text))],
  [/^poetry\.lock$/, readPoetryLock],
  [/^pdm\.lock$/, readPdmLock],
  [/^pylock(?:\.[^.]+)?\.toml$/, readPylock],
  [/^Pipfile\.lock$/, readPipfileLock],
  [/requirements[^/]*\.txt$/, readRequirements],
  [/^go\.mod$/, readGoMod],
  [/^go\.work$/, readGoWork],
];

/** No lockfile of a real project comes near. It keeps a hostile one from taking all memory. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Reads every lockfile of the repository, or those for which `isIncluded` is true. What is in `node_modules`
 * and `vendor` belongs to others. One that cannot be read is a problem, and the others are read all the same.
 */
export async function readLockfiles(
  files: SourceFiles,
  isIncluded: (path: string) => boolean = () => true,
): Promise<ReadLockfiles> {
  const listed = await files.list('');
  const paths = listed.flatMap(({ mode, path }) =>
    (mode === 'file' || mode === 'executable') && isLockfile(path) && isIncluded(path)
      ? [path]
      : [],
  );
  const decided = await shadowed(paths, files);
  const lockfiles: Lockfile[] = [];
  const problems: Problem[] = [];
  for (const path of paths.filter((one) => !decided.has(one))) {
    const read = await readOne(path, files);
    if ('packagesOf' in read) lockfiles.push(read);
    else problems.push(read);
  }
  return { lockfiles, problems };
}

/** True for a path that `readLockfiles` reads. */
export function isLockfile(path: string): boolean {
  return !/(?:^|\/)(?:node_modules|vendor)\//.test(path) && readerOf(path) !== undefined;
}

function readerOf(path: string): Read | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const isInFolder = /(?:^|\/)requirements\/[^/]+\.txt$/.test(path);
  if (isInFolder) return readRequirements;
  return READERS.find(([pattern]) => pattern.test(name))?.[1];
}

/** Lockfiles that another one overrides: npm reads npm-shrinkwrap.json first, and go a go.work. */
async function shadowed(
  paths: readonly string[],
  files: SourceFiles,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const path of paths) {
    const folder = folderOf(path);
    if (path.endsWith('npm-shrinkwrap.json')) found.add(pathIn(folder, 'package-lock.json'));
    if (path.endsWith('bun.lock')) found.add(pathIn(folder, 'bun.lockb'));
    if (!/(?:^|\/)go\.work$/.test(path)) continue;
    const text = (await files.readText(path)) ?? '';
    for (const used of usedFolders(path, text)) found.add(pathIn(used, 'go.mod'));
  }
  return found;
}

async function readOne(path: string, files: SourceFiles): Promise<Lockfile | Problem> {
  try {
    const read = readerOf(path) ?? refuseBinary;
    // `readText` refuses what is no text.
    const text = read === refuseBinary ? '' : ((await files.readText(path)) ?? '');
    if (text.length > MAX_BYTES) throw new LockfileError(`a file below ${MAX_BYTES} bytes`);
    refuseConflict(text);
    return await read(path, text, files);
  } catch (error) {
    return unreadable(path, error);
  }
}

function refuseConflict(text: string): void {
  const marker = /^<{7} /m.exec(text);
  if (marker !== null)
    throw new LockfileError('a file without merge conflicts', lineAt(text, marker.index));
}

async function refuseBinary(): Promise<Lockfile> {
  throw new LockfileError('bun.lock, which "bun install --save-text-lockfile" writes');
}

function graph(read: (...input: Parameters<Read>) => Promise<LockGraph>): Read {
  return async (path, text, files) => lockfileOf(await read(path, text, files));
}

/** Any error while reading counts as one of the file: a stack overflow by its nesting, for example. */
function unreadable(path: string, error: unknown): Problem {
  const { expected, hint, line } = reasonOf(error);
  return problem({
    code: 'lockfile-unreadable',
    kind: 'input',
    message: `${path}${line === undefined ? '' : `:${line}`} cannot be read: expected ${expected}.`,
    hint,
    path,
    line,
    cause: error,
  });
}

function reasonOf(error: unknown): {
  readonly expected: string;
  readonly hint: string;
  readonly line?: number | undefined;
} {
  const hint = 'Regenerate it with its package manager.';
  if (error instanceof LockfileError) return { expected: error.message, hint, line: error.line };
  if (error instanceof InvalidInputError)
    return { expected: error.message, hint: error.hint ?? hint };
  return { expected: 'a lockfile as its package manager writes it', hint };
}
