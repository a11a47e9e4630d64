import { join } from 'node:path';
import {
  type ArchiveEntry,
  type ArchiveLink,
  BUILD_HINT,
  checkBuiltFiles,
  type Processes,
  processProblem,
  shownPath,
  validateFiles,
} from '@ameide/publisher-kit';
import {
  failed,
  ok,
  type Problem,
  pathBelow,
  pathIn,
  problem,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { packImage } from '../build.ts';
import { linksOf } from '../folder/links.ts';
import { type FolderEntry, listFolder } from '../folder/list-folder.ts';
import type { Platform } from '../image/assemble.ts';
import type { GhcrBuilt, GhcrPlan } from '../plan.ts';
import { imageFileProblems, isLeftOut } from '../validate.ts';
import { requireDirectory } from './require-directory.ts';
import type { ImageSource } from './source.ts';

export interface FilesInput {
  /** The path from `parseRepositoryPath`. */
  readonly directory: string;
  readonly build: readonly [string, ...string[]] | undefined;
  readonly prefix: string;
  readonly platform: Platform;
  readonly allow: readonly string[];
  readonly processes: Processes;
}

/** Makes an image of a directory of the repository. */
export function fromFiles(input: FilesInput): ImageSource {
  return {
    open: (source) => requireDirectory(source, input.directory, 'files'),
    validate: (plan, step) => validate(plan, step, input),
    checkTools: (step) => checkProgram(step, input),
    buildsFrom: input.build === undefined ? 'checkout' : 'own-checkout',
    build: (plan, step) => build(plan, step, input),
  };
}

async function validate(
  { publisher }: GhcrPlan,
  { source }: Step,
  { directory, allow }: FilesInput,
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
  ];
}

async function checkProgram(
  step: Step,
  { build, directory, processes }: FilesInput,
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
      message: `The program ${program}, which builds ${directory}, is not on PATH.`,
      hint: 'Install it, or correct the option build.',
      rerun: 'after-fix',
    }),
  ];
}

async function build(plan: GhcrPlan, step: Step, input: FilesInput): Promise<Result<GhcrBuilt>> {
  const { directory, prefix, platform } = input;
  const unbuilt = await runProgram(plan, step, input);
  if (unbuilt !== undefined) return failed(unbuilt);
  const listed = await listFolder(join(step.checkout, directory), isLeftOut);
  const found = listed.filter(({ kind }) => kind !== 'folder');
  const [first, ...more] = checkFound(plan, found, input);
  if (first !== undefined) return failed(first, ...more);
  step.signal.throwIfAborted();
  const createdBy = `ameide-release files ${directory === '' ? '.' : directory}`;
  const entries = found.map(entryOf);
  return ok(await packImage(plan, { entries, prefix, platform, createdBy }, step));
}

async function runProgram(
  plan: GhcrPlan,
  step: Step,
  { build, directory, processes }: FilesInput,
): Promise<Problem | undefined> {
  if (build === undefined) return undefined;
  const result = await processes.run({
    argv: build,
    cwd: join(step.checkout, directory),
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

/** Checks only what was made since the commit; the commit's files have been validated. */
function checkFound(
  { publisher }: GhcrPlan,
  found: readonly FolderEntry[],
  { directory, allow }: FilesInput,
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
