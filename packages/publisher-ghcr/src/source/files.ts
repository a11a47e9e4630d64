import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ArchiveEntry,
  type ArchiveLink,
  BUILD_HINT,
  checkBuiltFiles,
  inParallel,
  type Processes,
  processProblem,
  shownPath,
  validateFiles,
} from '@ameide/publisher-kit';
import {
  failed,
  folderOf,
  isBelow,
  ok,
  type Problem,
  pathBelow,
  pathIn,
  problem,
  type Result,
  type SourceTree,
  type Step,
  type TreeFile,
} from '@ameide/versioning-core';
import { assemble, type PlatformImage, packImages } from '../build.ts';
import { architectureOf, architectureOfFile } from '../folder/elf.ts';
import { linksOf } from '../folder/links.ts';
import { type FolderEntry, listFolder } from '../folder/list-folder.ts';
import type { Platform } from '../image/platform.ts';
import type { GhcrBuilt, GhcrPlan } from '../plan.ts';
import {
  foreignPrograms,
  imageFileProblems,
  isLeftOut,
  mayBeProgram,
  type Program,
} from '../validate.ts';
import { requireDirectory } from './require-directory.ts';
import type { ImageSource } from './source.ts';

/** A directory, and the platforms whose images hold its files. */
export interface PlatformFolder {
  /** The path from `parseRepositoryPath`. */
  readonly directory: string;
  readonly platforms: readonly Platform[];
  /** The option, for messages. */
  readonly field: string;
}

export interface FilesInput {
  readonly folders: readonly PlatformFolder[];
  readonly isIndex: boolean;
  readonly build: readonly [string, ...string[]] | undefined;
  /** True if `prepare` makes what the commit lacks. */
  readonly fromCheckout: boolean;
  readonly prefix: string;
  readonly allow: readonly string[];
  readonly processes: Processes;
}

/** Makes an image of a directory of the repository. */
export function fromFiles(input: FilesInput): ImageSource {
  return {
    open: (source) => requireFolders(source, input),
    validate: async (plan, step) => {
      const problems = input.folders.map(async (folder) =>
        validate(plan, step, folder, input.allow),
      );
      return (await Promise.all(problems)).flat();
    },
    checkTools: (step) => checkProgram(step, input),
    buildsFrom: input.build === undefined ? 'checkout' : 'own-checkout',
    build: (plan, step) => build(plan, step, input),
  };
}

/** What the commit lacks, something else must make. */
async function requireFolders(
  source: SourceTree,
  { build, folders, fromCheckout }: FilesInput,
): Promise<void> {
  if (build !== undefined || fromCheckout) return;
  for (const { directory, field } of folders)
    await requireDirectory(
      source,
      directory,
      field,
      'Commit the directory; or set build, if that makes it; or fromCheckout: true, if prepare does.',
    );
}

async function validate(
  { publisher }: GhcrPlan,
  { source }: Step,
  { directory, platforms }: PlatformFolder,
  allow: readonly string[],
): Promise<readonly Problem[]> {
  const committed = (await source.list(directory)).filter(
    ({ path }) => !isLeftOut(pathBelow(directory, path)),
  );
  const links = await linksOf(source, directory);
  const files = committed.map(({ path }) => {
    const target = links.get(pathBelow(directory, path));
    return { path: pathBelow(directory, path), ...(target === undefined ? {} : { target }) };
  });
  const project = publisher;
  return [
    ...(await validateFiles({ source, project, files: committed, allow, portable: false })),
    ...imageFileProblems({ project, directory, files, allow, kind: 'input' }),
    ...foreignPrograms(
      project,
      await committedPrograms(source, committed),
      platforms,
      allow,
      'input',
    ),
  ];
}

async function committedPrograms(
  source: SourceTree,
  files: readonly TreeFile[],
): Promise<readonly Program[]> {
  const named = files.filter(({ mode, path }) => mayBeProgram(path, mode === 'executable'));
  const read = await inParallel(named, async ({ path }) => ({
    path,
    architecture: architectureOf((await source.readBytes(path)) ?? new Uint8Array()),
  }));
  return read.filter(isProgram);
}

async function builtPrograms(
  directory: string,
  found: readonly FolderEntry[],
): Promise<readonly Program[]> {
  const named = found.filter(
    ({ kind, mode, path }) => kind === 'file' && mayBeProgram(path, (mode & 0o100) !== 0),
  );
  const read = await inParallel(named, async ({ absolute, path }) => ({
    path: pathIn(directory, path),
    architecture: await architectureOfFile(absolute),
  }));
  return read.filter(isProgram);
}

function isProgram(file: {
  readonly path: string;
  readonly architecture?: string | undefined;
}): file is Program {
  return file.architecture !== undefined;
}

async function checkProgram(
  step: Step,
  { build, folders, processes }: FilesInput,
): Promise<readonly Problem[]> {
  if (build === undefined) return [];
  const [program] = build;
  step.signal.throwIfAborted();
  // A path is checked only when the build runs, because `prepare` may create it.
  if (program.includes('/') || (await processes.which(program)) !== undefined) return [];
  return [
    problem({
      code: 'ghcr-build-not-found',
      kind: 'incomplete',
      message: `The program ${program}, which builds ${shownFolders(folders)}, is not on PATH.`,
      hint: 'Install it, or correct the option build.',
      rerun: 'after-fix',
    }),
  ];
}

async function build(plan: GhcrPlan, step: Step, input: FilesInput): Promise<Result<GhcrBuilt>> {
  const unbuilt = await runProgram(plan, step, input);
  if (unbuilt !== undefined) return failed(unbuilt);
  const images: PlatformImage[] = [];
  for (const folder of input.folders) {
    const packed = await packFolder(plan, step, folder, input);
    if (packed.problems !== undefined) return packed;
    images.push(...packed.value);
  }
  return ok(await assemble(plan, images, input.isIndex, step.workspace));
}

async function packFolder(
  plan: GhcrPlan,
  step: Step,
  { directory, platforms }: PlatformFolder,
  { allow, prefix }: FilesInput,
): Promise<Result<readonly PlatformImage[]>> {
  const folder = join(step.checkout, directory);
  const { publisher } = plan;
  if (!(await isDirectory(folder))) return failed(notMade(publisher, directory));
  const listed = await listFolder(folder, isLeftOut);
  const found = listed.filter(({ kind }) => kind !== 'folder');
  const programs = await builtPrograms(directory, found);
  const [first, ...more] = [
    ...checkFound(publisher, directory, found, allow),
    ...foreignPrograms(publisher, programs, platforms, allow, 'incomplete'),
  ];
  if (first !== undefined) return failed(first, ...more);
  step.signal.throwIfAborted();
  const createdBy = `ameide-release files ${directory === '' ? '.' : directory}`;
  const entries = found.map(entryOf);
  return ok(await packImages(plan, { entries, prefix, platforms, createdBy }, step));
}

async function isDirectory(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function notMade(project: string, directory: string): Problem {
  return problem({
    code: 'ghcr-files-missing',
    kind: 'incomplete',
    message: `${project} would contain the files of ${directory}, which is neither in the commit nor was it made.`,
    hint: 'Correct the option files, or let build or prepare make that directory.',
    path: directory,
    rerun: 'after-fix',
  });
}

async function runProgram(
  plan: GhcrPlan,
  step: Step,
  { build, folders, processes }: FilesInput,
): Promise<Problem | undefined> {
  if (build === undefined) return undefined;
  const result = await processes.run({
    argv: build,
    cwd: join(step.checkout, await nearestFolder(step.source, folders)),
    env: step.environment,
    signal: step.signal,
    onLine: (line) => step.emit({ publisher: plan.publisher, message: line }),
  });
  return result.ok
    ? undefined
    : processProblem({
        code: 'ghcr-build',
        what: `build ${plan.image}`,
        result,
        hint: BUILD_HINT,
      });
}

/** Returns the deepest directory of the commit that holds all of these. */
async function nearestFolder(
  source: SourceTree,
  folders: readonly PlatformFolder[],
): Promise<string> {
  const all = folders.map(({ directory }) => directory);
  let nearest = all[0] ?? '';
  const holdsAll = (): boolean => all.every((one) => one === nearest || isBelow(nearest, one));
  while (nearest !== '' && !(holdsAll() && (await source.treeId(nearest)) !== undefined))
    nearest = folderOf(nearest);
  return nearest;
}

function shownFolders(folders: readonly PlatformFolder[]): string {
  return [...new Set(folders.map(({ directory }) => directory))].join(', ');
}

/** Checks only what was made since the commit; the commit's files have been validated. */
function checkFound(
  publisher: string,
  directory: string,
  found: readonly FolderEntry[],
  allow: readonly string[],
): readonly Problem[] {
  const files = found.map(({ path, target }) => ({
    path,
    ...(target === undefined ? {} : { target: target.toString() }),
  }));
  const regular = found.filter(({ kind }) => kind !== 'other');
  const inRepository = regular.map((entry) => ({
    ...entryOf(entry),
    path: pathIn(directory, entry.path),
  }));
  return [
    ...found.flatMap((entry) => unusable(publisher, directory, entry)),
    ...imageFileProblems({ project: publisher, directory, files, allow, kind: 'incomplete' }),
    ...checkBuiltFiles(publisher, inRepository, allow),
  ];
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

function entryOf({ absolute, mode, path, target }: FolderEntry): ArchiveEntry | ArchiveLink {
  if (target !== undefined) return { path, symlink: target.toString() };
  return { path, content: { file: absolute.toString() }, executable: (mode & 0o100) !== 0 };
}
