import {
  isBelow,
  type MissingContent,
  type Problem,
  printable,
  problem,
  type SourceTree,
  type TreeFile,
} from '@ameide/versioning-core';
import type { ArchiveEntry, ArchiveLink } from '../archive/entry.ts';
import { isArchivePath } from '../archive/path.ts';
import { FETCH_ALL } from '../git/repository/partial-clone.ts';
import { inParallel } from '../parallel.ts';
import { holdsPrivateKey, isKeyFile, isSecretFile, secretFiles } from '../secret/secret-files.ts';

export interface PublishedFiles {
  readonly source: SourceTree;
  /** The project that publishes the files, for messages: `npm:@ameideio/ameide-sdk-ts`. */
  readonly project: string;
  /** The commit's files that would be published, with their repository paths. */
  readonly files: readonly TreeFile[];
  /**
   * The files' contents by repository path, if they are in memory. With them a private key is found
   * in any file; without them only in files named .pem and .key.
   */
  readonly contents?: ReadonlyMap<string, Uint8Array> | undefined;
  /** Exact repository paths that the definition allows. */
  readonly allow?: readonly string[] | undefined;
  /** False accepts names that only Linux can hold, if they are UTF-8. */
  readonly portable?: boolean;
}

/**
 * Reports what is wrong with the files to publish, in any ecosystem: names that no archive can
 * hold, files that look like credentials, content that this clone lacks. Reports all problems at
 * once, each with its path. Offline. Codes: `file-name`, `secret-file`, `lfs-content-missing`,
 * `submodule-missing`, `partial-clone`.
 */
export async function validateFiles({
  source,
  project,
  files,
  contents,
  allow = [],
  portable = true,
}: PublishedFiles): Promise<readonly Problem[]> {
  const paths = new Set(files.map(({ path }) => path));
  // A submodule's files are not the commit's own, so we do not know which of them are published.
  const submodules = files.filter(({ mode }) => mode === 'submodule').map(({ path }) => path);
  const isUsable = (path: string): boolean =>
    isArchivePath(path, portable && !allow.includes(path)) && !path.includes(NOT_UTF8);
  const missing = (await missingAmong(files, source)).filter((one) => !isAllowed(one, allow));
  const absent = new Set(missing.filter(isAbsent).map(({ path }) => path));
  const secret = await inParallel(files, async ({ path, mode }) => {
    if (allow.includes(path) || mode === 'submodule') return [];
    if (isSecretFile(path)) return [path];
    if (absent.has(path)) return [];
    const content =
      contents?.get(path) ?? (isKeyFile(path) ? await source.readBytes(path) : undefined);
    return content !== undefined && holdsPrivateKey(content) ? [path] : [];
  });
  return [
    ...[...paths].filter((path) => !isUsable(path)).map((path) => unusableName(project, path)),
    ...secret.flat().map((path) => secretFile(project, path)),
    ...missingProblems(
      project,
      missing.filter(({ path }) => paths.has(path) || submodules.some((one) => isBelow(one, path))),
    ),
  ];
}

function isAbsent({ reason }: MissingContent): boolean {
  return reason === 'partial-clone';
}

/** A pointer or an empty folder can be published as it is. A file without content cannot. */
function isAllowed(missing: MissingContent, allow: readonly string[]): boolean {
  return !isAbsent(missing) && allow.includes(missing.path);
}

/** A partial clone may lack thousands of files, so they are one problem. */
function missingProblems(project: string, missing: readonly MissingContent[]): readonly Problem[] {
  const absent = missing.filter(isAbsent).map(({ path }) => path);
  return [
    ...missing.flatMap(({ path, reason }) =>
      reason === 'partial-clone' ? [] : [missingContentProblem(project, { path, reason })],
    ),
    ...(absent.length === 0 ? [] : [partialCloneProblem(`${project} would publish`, absent)]),
  ];
}

/** `SourceTree.list` writes this for bytes that are not UTF-8. */
const NOT_UTF8 = '\uFFFD';

/** Asks once, for the folder that contains all of the files. */
async function missingAmong(
  files: readonly TreeFile[],
  source: SourceTree,
): Promise<readonly MissingContent[]> {
  const [first] = files;
  if (first === undefined) return [];
  const shared = files.reduce<readonly string[]>(
    (folder, { path }) => commonFolder(folder, path),
    first.path.split('/').slice(0, -1),
  );
  return source.missingContent(shared.join('/'));
}

function commonFolder(folder: readonly string[], path: string): readonly string[] {
  const parts = path.split('/');
  const end = folder.findIndex((part, index) => parts[index] !== part);
  return end === -1 ? folder : folder.slice(0, end);
}

/**
 * Reports files in a folder whose content this clone lacks, for a publisher that knows only after
 * the build which files it publishes. `isUnseen` is true for files that the build ignores.
 */
export async function validateFolderContent(
  source: SourceTree,
  project: string,
  directory: string,
  allow: readonly string[] = [],
  isUnseen: (path: string) => boolean = () => false,
): Promise<readonly Problem[]> {
  const missing = await source.missingContent(directory);
  return missingProblems(
    project,
    missing.filter((one) => !isAllowed(one, allow) && !isUnseen(one.path)),
  );
}

/**
 * Reports built files that look like credentials, by name and content. `allow` lists paths in the
 * artifact. Code `built-secret-file`.
 */
export function checkBuiltFiles(
  project: string,
  entries: readonly (ArchiveEntry | ArchiveLink)[],
  allow: readonly string[] = [],
): readonly Problem[] {
  const found = secretFiles(entries).filter((path) => !allow.includes(path));
  return found.map((path) =>
    problem({
      code: 'built-secret-file',
      kind: 'incomplete',
      message: `The built artifact of ${project} contains ${shownPath(path)}, which usually holds credentials.`,
      hint: `Leave the file out. If it is meant to be published: ${allowOption(path)}.`,
      path,
      rerun: 'after-fix',
    }),
  );
}

function unusableName(project: string, path: string): Problem {
  return problem({
    code: 'file-name',
    kind: 'input',
    message: `${project} would publish ${shownPath(path)}, a name that archives and other systems cannot hold.`,
    hint:
      isArchivePath(path, false) && !path.includes(NOT_UTF8)
        ? `Rename it: without backslashes and control characters. Or do not publish it. If it need not unpack on Windows: ${allowOption(path)}.`
        : 'Rename it: UTF-8. Or do not publish it.',
    path,
  });
}

function secretFile(project: string, path: string): Problem {
  return problem({
    code: 'secret-file',
    kind: 'input',
    message: `${project} would publish ${shownPath(path)}, which usually holds credentials.`,
    hint: `Leave it out of the package; if it was ever published, replace the credentials in it. If it is meant to be published: ${allowOption(path)}.`,
    path,
  });
}

/**
 * The problem of a file whose content this clone lacks. Codes `lfs-content-missing`,
 * `submodule-missing`.
 */
export function missingContentProblem(
  project: string,
  { path, reason }: { readonly path: string; readonly reason: 'lfs' | 'submodule' },
): Problem {
  return reason === 'lfs'
    ? problem({
        code: 'lfs-content-missing',
        kind: 'input',
        message: `${project} would publish ${shownPath(path)}, whose content is in Git LFS and not in this clone.`,
        hint: `Fetch it: git lfs fetch (actions/checkout: lfs: true); git lfs fsck finds content that is damaged. If the pointer is meant to be published: ${allowOption(path)}.`,
        path,
      })
    : problem({
        code: 'submodule-missing',
        kind: 'input',
        message: `${project} would publish the submodule ${shownPath(path)}, whose commit is not in this clone.`,
        hint: `Fetch it: git submodule update --init --recursive (actions/checkout: submodules: recursive), or set submodules: true in the release definition. If consumers do not need it: ${allowOption(path)}.`,
        path,
      });
}

/** A Git LFS pointer that would be published in place of its content. */
export interface PublishedPointer {
  readonly code: string;
  readonly project: string;
  /** In the repository. */
  readonly path: string;
  /** What consumers would get: `go downloads the pointer`. */
  readonly effect: string;
  /** Another way than to keep the file in git. */
  readonly otherWay?: string;
}

/** The problem of a pointer that is published whether or not the clone has the content. */
export function lfsPointerProblem(pointer: PublishedPointer): Problem {
  const { code, effect, otherWay, path, project } = pointer;
  const ways = ['Keep the file in git itself', otherWay].filter((way) => way !== undefined);
  return problem({
    code,
    kind: 'input',
    message: `${project} would publish ${shownPath(path)}, which is a Git LFS pointer: ${effect}.`,
    hint: `${ways.join(', or ')}. If the pointer is meant to be published: ${allowOption(path)}.`,
    path,
  });
}

/**
 * Reports that a program which may read every file would not find all of them: see
 * `partialCloneProblem`. Offline.
 */
export async function validateForProgram(
  source: SourceTree,
  who: string,
): Promise<readonly Problem[]> {
  const absent = (await source.missingContent('')).filter(isAbsent).map(({ path }) => path);
  return absent.length === 0 ? [] : [partialCloneProblem(who, absent)];
}

/**
 * The problem of files that a filter of `git clone` left out. `who` is the message's beginning:
 * `npm:@ameideio/ameide-sdk-ts would publish`. Code `partial-clone`.
 */
function partialCloneProblem(who: string, paths: readonly string[]): Problem {
  const [path = ''] = paths;
  const others = paths.length === 1 ? '' : ` and ${paths.length - 1} more`;
  return problem({
    code: 'partial-clone',
    kind: 'input',
    message: `${who} ${shownPath(path)}${others}, whose content this clone lacks.`,
    hint: FETCH_ALL,
    path,
  });
}

/** Returns the option `allow` for these paths as someone would write it in a definition. */
export function allowOption(...paths: readonly string[]): string {
  const literals = paths.map((path) =>
    /['\\]|[^\x20-\x7e]/.test(path) ? asJson(path) : `'${path}'`,
  );
  return `allow: [${literals.join(', ')}]`;
}

/** Returns a string literal in ASCII, so no control or bidi character reaches a terminal. */
function asJson(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Returns a path or another string of the repository in a form that is safe to show. */
export function shownPath(path: string): string {
  return /^[\x21-\x7e]+$/.test(path) ? path : printable(path);
}
