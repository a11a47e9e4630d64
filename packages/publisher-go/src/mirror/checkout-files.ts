import { lstat, open, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { missingContentProblem, parseLfsPointer, shownPath } from '@ameide/publisher-kit';
import { failed, ok, type Problem, pathIn, problem, type Result } from '@ameide/versioning-core';

/** A file that the mirror takes from the checkout. */
export interface CheckoutFile {
  /** Relative to the module's folder. */
  readonly path: string;
  readonly mode: 'file' | 'executable';
  /** Bytes. */
  readonly size: number;
  /** The absolute path of the content. */
  readonly absolute: string;
}

export interface CheckoutQuestion {
  readonly project: string;
  /** The module's folder in the repository. */
  readonly directory: string;
  /** Absolute path of the checkout. */
  readonly checkout: string;
  /** Relative to the module's folder. */
  readonly paths: readonly string[];
  /**
   * Files of the commit whose line ends or encoding git converts, relative to the module's folder:
   * one that looks like a pointer is meant to.
   */
  readonly converted: readonly string[];
  /** Repository paths of pointers that are meant to be published. */
  readonly allow: readonly string[];
}

/**
 * Reads files and whole folders in the state that `prepare` left. Replaces a link by the file that
 * it leads to, inside the checkout.
 */
export async function readCheckoutFiles(
  question: CheckoutQuestion,
): Promise<Result<readonly CheckoutFile[]>> {
  const root = await realpath(question.checkout);
  const files: CheckoutFile[] = [];
  const problems: Problem[] = [];
  for (const path of question.paths) {
    const before = files.length;
    problems.push(...(await collect(path, { ...question, root, files })));
    if (files.length === before && problems.length === 0)
      problems.push(nothingThere(path, question));
  }
  const [first, ...more] = problems;
  return first === undefined ? ok(files) : failed(first, ...more);
}

interface Collecting extends CheckoutQuestion {
  readonly root: string;
  readonly files: CheckoutFile[];
}

async function collect(path: string, collecting: Collecting): Promise<Problem[]> {
  const { directory, files, root } = collecting;
  const given = join(root, directory, path);
  // Node writes U+FFFD for bytes that are not UTF-8, and finds no file of that name.
  if (path.includes('\uFFFD')) return [notUtf8(path, collecting)];
  const absolute = await realpath(given).catch(() => undefined);
  if (absolute === undefined) return [];
  if (!`${absolute}${sep}`.startsWith(`${root}${sep}`)) return [leadsOut(path, collecting)];
  const entry = await lstat(absolute);
  if (entry.isDirectory()) {
    // A folder behind a link could lead back to itself.
    if ((await lstat(given)).isSymbolicLink()) return [folderLink(path, collecting)];
    // A submodule has its own .git.
    const names = (await readdir(absolute)).filter((name) => name !== '.git').toSorted();
    const below: Problem[] = [];
    for (const name of names) below.push(...(await collect(`${path}/${name}`, collecting)));
    return below;
  }
  if (!entry.isFile()) return [];
  if (await isPointer(path, absolute, collecting)) return [pointer(path, collecting)];
  const mode = (entry.mode & 0o100) === 0 ? 'file' : 'executable';
  files.push({ path, mode, size: entry.size, absolute });
  return [];
}

/** Git LFS, a submodule's too, and programs of `prepare` leave a pointer if they lack the content. */
async function isPointer(
  path: string,
  absolute: string,
  { allow, converted, directory }: CheckoutQuestion,
): Promise<boolean> {
  if (converted.includes(path) || allow.includes(pathIn(directory, path))) return false;
  return parseLfsPointer(await readStart(absolute)) !== undefined;
}

async function readStart(file: string): Promise<Uint8Array> {
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(1024) });
  return buffer.subarray(0, bytesRead);
}

function refused(
  path: string,
  { directory, project }: CheckoutQuestion,
  { code, hint, what }: { readonly code: string; readonly hint: string; readonly what: string },
): Problem {
  const there = pathIn(directory, path);
  return problem({
    code,
    kind: 'incomplete',
    message: `${project} takes ${shownPath(there)} from the checkout, ${what}.`,
    hint,
    path: there,
    rerun: 'after-fix',
  });
}

function nothingThere(path: string, question: CheckoutQuestion): Problem {
  return refused(path, question, {
    code: 'go-not-in-checkout',
    what: 'but that file does not exist after prepare',
    hint: 'Correct fromCheckout, or make the file with prepare in the release definition.',
  });
}

function notUtf8(path: string, question: CheckoutQuestion): Problem {
  return refused(path, question, {
    code: 'go-file-name',
    what: 'whose name is not UTF-8',
    hint: 'Rename it.',
  });
}

function leadsOut(path: string, question: CheckoutQuestion): Problem {
  return refused(path, question, {
    code: 'go-checkout-link',
    what: 'a link that leads out of it',
    hint: 'Commit the file instead of the link.',
  });
}

function folderLink(path: string, question: CheckoutQuestion): Problem {
  return refused(path, question, {
    code: 'go-checkout-link',
    what: 'a link to a folder',
    hint: 'Commit the folder instead of the link.',
  });
}

/** The commit does not cause this: validate has found the content of its own files. */
function pointer(path: string, { directory, project }: CheckoutQuestion): Problem {
  const missing = { path: pathIn(directory, path), reason: 'lfs' } as const;
  return { ...missingContentProblem(project, missing), kind: 'incomplete' };
}
