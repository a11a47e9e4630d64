import { lstat, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILD_HINT, type Processes, processProblem, validateFiles } from '@ameide/publisher-kit';
import {
  failed,
  folderOf,
  isBelow,
  ok,
  type Problem,
  pathBelow,
  problem,
  type Result,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';
import { assemble, type PlatformImage, packImages } from '../build.ts';
import { linksOf } from '../folder/links.ts';
import { listFolder } from '../folder/list-folder.ts';
import { type Patterns, select } from '../folder/selection.ts';
import type { Platform } from '../image/platform.ts';
import type { RunOptions } from '../options.ts';
import type { GhcrBuilt, GhcrPlan } from '../plan.ts';
import { imageFileProblems } from '../validate.ts';
import { checkCommittedPrograms, checkFound, entryOf, unusedExclude } from './check-files.ts';
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
  readonly patterns: Patterns;
  readonly run: RunOptions | undefined;
  readonly prefix: string;
  readonly allow: readonly string[];
  readonly processes: Processes;
}

/** Makes an image of a directory of the repository. */
export function fromFiles(input: FilesInput): ImageSource {
  return {
    open: (source) => requireFolders(source, input),
    validate: async (plan, step) => {
      const problems = input.folders.map(async (folder) => validate(plan, step, folder, input));
      return (await Promise.all(problems)).flat();
    },
    checkTools: (step) => checkProgram(step, input),
    ...(input.build === undefined
      ? { buildsFrom: 'checkout' }
      : { buildsFrom: 'own-checkout', buildKey: () => buildKey(input) }),
    isReproducible: input.build === undefined,
    build: (plan, step) => build(plan, step, input),
  };
}

/** `build` or `prepare` must make a directory that the commit lacks. */
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
      'Commit the directory. If a command makes it, set build; if prepare makes it, set fromCheckout: true.',
    );
}

async function validate(
  { publisher }: GhcrPlan,
  { source }: Step,
  { directory, platforms }: PlatformFolder,
  { allow, patterns }: FilesInput,
): Promise<readonly Problem[]> {
  const { isLeftOut } = select(patterns);
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
    ...imageFileProblems({ project, directory, files, allow, isLeftOut, kind: 'input' }),
    ...(await checkCommittedPrograms(project, source, committed, platforms, allow)),
  ];
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
  input: FilesInput,
): Promise<Result<readonly PlatformImage[]>> {
  const folder = join(step.checkout, directory);
  const { publisher } = plan;
  if (!(await isDirectory(step.checkout, directory))) return failed(notMade(publisher, directory));
  const { allow, prefix, run } = input;
  const selection = select(input.patterns);
  const listed = await listFolder(folder, selection.isLeftOut);
  const found = listed.filter(({ kind }) => kind !== 'folder');
  const about = { project: publisher, directory, platforms, allow, run, root: `/${prefix}` };
  const [first, ...more] = await checkFound({ ...about, found, selection });
  if (first !== undefined) return failed(first, ...more);
  step.signal.throwIfAborted();
  for (const pattern of selection.unused('exclude'))
    step.emit(unusedExclude(publisher, directory, pattern));
  const createdBy = `ameide-release files ${directory === '' ? '.' : directory}`;
  const entries = found.map(entryOf);
  return ok(await packImages(plan, { entries, prefix, platforms, createdBy, run }, step));
}

/** False for a link, and below one: it could lead out of the checkout. */
async function isDirectory(checkout: string, directory: string): Promise<boolean> {
  const path = join(await realpath(checkout), directory);
  return realpath(path).then(
    async (real) => real === path && (await lstat(path)).isDirectory(),
    () => false,
  );
}

function notMade(project: string, directory: string): Problem {
  return problem({
    code: 'ghcr-files-missing',
    kind: 'incomplete',
    message: `${project} packs the directory ${directory}, but the commit lacks it, and neither build nor prepare made it.`,
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
  if (build === undefined || step.hasRun === true) return undefined;
  const result = await processes.run({
    argv: build,
    cwd: join(step.checkout, await nearestFolder(step.source, folders)),
    env: step.environment,
    endsGroup: true,
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

/** The folders decide where the program runs. The commit is the same for the whole release. */
function buildKey({ build, folders }: FilesInput): string {
  const directories = [...new Set(folders.map(({ directory }) => directory))].toSorted();
  return JSON.stringify({ files: { build, directories } });
}

function shownFolders(folders: readonly PlatformFolder[]): string {
  return [...new Set(folders.map(({ directory }) => directory))].join(', ');
}
