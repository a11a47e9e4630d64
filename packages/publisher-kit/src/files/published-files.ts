import {
  isBelow,
  type Problem,
  problem,
  type SourceTree,
  type TreeFile,
} from '@ameide/versioning-core';
import type { ArchiveEntry, ArchiveLink } from '../archive/entry.ts';
import { isArchivePath } from '../archive/path.ts';
import { inParallel } from '../parallel.ts';
import { isKeyFile, isNamedKey, isSecretFile, secretFiles } from '../secret/secret-files.ts';
import { isAbsent, isAllowed, missingAmong, missingProblems } from './missing-content.ts';
import { allowOption, shownPath } from './shown-path.ts';

export interface PublishedFiles {
  readonly source: SourceTree;
  /** The project that publishes the files, for messages: `npm:@ameideio/ameide-sdk-ts`. */
  readonly project: string;
  /** The commit's files that would be published, with their repository paths. */
  readonly files: readonly TreeFile[];
  /**
   * The files' contents by repository path, if they are in memory. With them a private key is found
   * in any file; without them in files named like keys, because a commit may have gigabytes.
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
      contents?.get(path) ?? (isNamedKey(path) ? await source.readBytes(path) : undefined);
    return content !== undefined && isKeyFile(path, content) ? [path] : [];
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

/** `SourceTree.list` writes this for bytes that are not UTF-8. */
const NOT_UTF8 = '\uFFFD';

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
