import {
  type ArchiveEntry,
  type ArchiveLink,
  checkBuiltFiles,
  inParallel,
  shownPath,
} from '@ameide/publisher-kit';
import {
  type Problem,
  pathIn,
  printable,
  problem,
  type ReleaseEvent,
  type SourceTree,
  type TreeFile,
} from '@ameide/versioning-core';
import { architectureOf, architectureOfFile } from '../folder/elf.ts';
import type { FolderEntry } from '../folder/list-folder.ts';
import type { Selection } from '../folder/selection.ts';
import type { Platform } from '../image/platform.ts';
import type { RunOptions } from '../options.ts';
import { foreignPrograms, imageFileProblems, mayBeProgram, type Program } from '../validate.ts';
import { checkProgram } from './check-program.ts';

/** Reports committed programs of another architecture than an image that would hold them. */
export async function checkCommittedPrograms(
  project: string,
  source: SourceTree,
  files: readonly TreeFile[],
  platforms: readonly Platform[],
  allow: readonly string[],
): Promise<readonly Problem[]> {
  const named = files.filter(({ mode, path }) => mayBeProgram(path, mode === 'executable'));
  const read = await inParallel(named, async ({ path }) => ({
    path,
    architecture: architectureOf((await source.readBytes(path)) ?? new Uint8Array()),
  }));
  return foreignPrograms(project, read.filter(isProgram), platforms, allow, 'input');
}

async function checkBuiltPrograms({
  allow,
  directory,
  found,
  platforms,
  project,
}: FoundFiles): Promise<readonly Problem[]> {
  const named = found.filter(
    ({ kind, mode, path }) => kind === 'file' && mayBeProgram(path, (mode & 0o100) !== 0),
  );
  const read = await inParallel(named, async ({ absolute, path }) => ({
    path: pathIn(directory, path),
    architecture: await architectureOfFile(absolute),
  }));
  return foreignPrograms(project, read.filter(isProgram), platforms, allow, 'incomplete');
}

function isProgram(file: {
  readonly path: string;
  readonly architecture?: string | undefined;
}): file is Program {
  return file.architecture !== undefined;
}

/** What a directory of the checkout holds, of which an image is made. */
export interface FoundFiles {
  readonly project: string;
  /** In the repository. */
  readonly directory: string;
  readonly found: readonly FolderEntry[];
  readonly selection: Selection;
  readonly platforms: readonly Platform[];
  readonly allow: readonly string[];
  /** Where the files are in the image: `/opt/sdk/`. */
  readonly root: string;
  readonly run: RunOptions | undefined;
}

/** Checks only what was made since the commit; the commit's files have been validated. */
export async function checkFound(files: FoundFiles): Promise<readonly Problem[]> {
  const { allow, directory, found, project, selection } = files;
  const links = found.map(({ path, target }) => ({
    path,
    ...(target === undefined ? {} : { target: target.toString() }),
  }));
  const regular = found.filter(({ kind }) => kind !== 'other');
  const inRepository = regular.map((entry) => ({
    ...entryOf(entry),
    path: pathIn(directory, entry.path),
  }));
  const { isLeftOut } = selection;
  const about = { project, directory, allow, kind: 'incomplete' } as const;
  return [
    ...missingFiles(files),
    ...(await checkProgram(files)),
    ...found.flatMap((entry) => unusable(project, directory, entry)),
    ...imageFileProblems({ ...about, files: links, isLeftOut }),
    ...checkBuiltFiles(project, inRepository, allow),
    ...(await checkBuiltPrograms(files)),
  ];
}

/** If a pattern of `include` names nothing, a file that the image should have is not in it. */
function missingFiles({ directory, found, project, selection }: FoundFiles): readonly Problem[] {
  const unused = selection.unused('include').map(printable);
  if (found.length > 0 && unused.length === 0) return [];
  const why =
    unused.length === 0
      ? 'there is no file to pack'
      : `the option include has patterns that name no file: ${unused.join(', ')}`;
  return [
    problem({
      code: 'ghcr-files-missing',
      kind: 'incomplete',
      message: `${project} would be incomplete: in ${shownPath(directory)} ${why}.`,
      hint: 'Correct the options files, include and exclude, or make the files with build or prepare.',
      path: directory,
      rerun: 'after-fix',
    }),
  ];
}

/** Notes a pattern of `exclude` that may be mistyped. */
export function unusedExclude(publisher: string, directory: string, pattern: string): ReleaseEvent {
  const message = `ghcr(${directory}): the option exclude has the pattern ${printable(pattern)}, which names no file.`;
  return { publisher, message, isNote: true };
}

function unusable(
  project: string,
  directory: string,
  { bytes, kind, path, target }: FolderEntry,
): readonly Problem[] {
  const where = pathIn(directory, path);
  const about = { kind: 'incomplete', path: where, rerun: 'after-fix' } as const;
  const isText = [bytes, target].every((text) => !text?.toString().includes('\uFFFD'));
  if (!isText) {
    const message = `${project} would contain ${shownPath(where)}, whose name or link target is not UTF-8.`;
    return [problem({ code: 'ghcr-file-name', message, hint: 'Rename it.', ...about })];
  }
  if (kind !== 'other') return [];
  const message = `${project} would contain ${shownPath(where)}, which is neither a file nor a link.`;
  const hint = 'Remove sockets, devices and FIFOs at the end of the build.';
  return [problem({ code: 'ghcr-special-file', message, hint, ...about })];
}

export function entryOf({ absolute, mode, path, target }: FolderEntry): ArchiveEntry | ArchiveLink {
  if (target !== undefined) return { path, symlink: target.toString() };
  return { path, content: { file: absolute.toString() }, executable: (mode & 0o100) !== 0 };
}
