import { constants } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { cleanText } from '@ameide/publisher-kit';
import { failed, ok, type Problem, type Result, type Step } from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import { type PublisherRun, withProblems } from '../run/publisher-run.ts';
import { runStep } from '../run/run-step.ts';
import type { BuiltFile, BuiltPart } from './build-index.ts';
import { describeArtifacts, planDigest } from './describe-part.ts';
import { listFiles, OddFileError } from './list-files.ts';
import type { BuiltFolder } from './open-folder.ts';
import { builtForAnother, folderChanged, folderIncomplete } from './problems.ts';

/**
 * Returns the run with what another machine built. Refuses files that the index does not have so, or that this commit
 * does not make. Checks a private copy, so that nothing can change after the check.
 */
export async function loadBuilt(
  run: PublisherRun,
  from: BuiltFolder,
  context: RunContext,
): Promise<PublisherRun> {
  const { value, problems } = await runStep(
    {
      run,
      phase: 'load',
      name: 'load what was built',
      effect: 'none',
      call: async (step) => load(run, from, step),
      problemsIn: (loaded) => loaded.problems ?? [],
    },
    context,
  );
  const reported = withProblems(run, [...problems, ...(value?.problems ?? [])]);
  return value?.value === undefined ? reported : { ...reported, ...value.value };
}

type Loaded = Required<Pick<PublisherRun, 'built' | 'loadedFrom'>>;

async function load(
  { id, plan, publisher }: PublisherRun,
  from: BuiltFolder,
  step: Step,
): Promise<Result<Loaded>> {
  const part = from.parts.get(id);
  if (part === undefined) return failed(folderIncomplete(from.path, `it has no build of ${id}`));
  if (part.plan !== planDigest(plan))
    return failed(
      builtForAnother(
        `of ${id}`,
        'its plan differs from this run’s: another version of ameide-release built it, or its registry has changed since',
      ),
    );
  const copy = join(step.workspace, 'built');
  const changed = await copyPart(from.path, part, copy, step.signal);
  if (changed !== undefined) return failed(changed);
  const { problems, value: built } = await publisher.load(plan, copy, step);
  if (built === undefined) return failed(...problems);
  return isDeepStrictEqual(describeArtifacts(built.artifacts), part.artifacts)
    ? ok({ built, loadedFrom: copy })
    : failed(folderChanged(from.path, `the files of ${id} are not what the build made`));
}

/** Copies the files, and returns how they differ from the index; undefined if they do not. */
async function copyPart(
  path: string,
  { files, folder }: BuiltPart,
  copy: string,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  try {
    await mkdir(copy);
    await cp(join(path, folder), copy, {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      verbatimSymlinks: true,
    }).catch((error: unknown) => {
      // An archive of the folder leaves an empty folder out.
      if (files.length > 0 || codeOf(error) !== 'ENOENT') throw error;
    });
    const difference = differing(await listFiles(copy, signal), files);
    return difference === undefined
      ? undefined
      : folderChanged(path, `${folder}/${cleanText(difference)}`);
  } catch (error) {
    const odd = 'neither a file nor a folder';
    if (error instanceof OddFileError)
      return folderChanged(path, `${folder}/${cleanText(error.message)} is ${odd}`);
    if (codeOf(error) === 'ENOENT') return folderIncomplete(path, `there is no ${folder}`);
    if (codeOf(error).startsWith('ERR_FS_CP'))
      return folderChanged(path, `${folder} contains something that is ${odd}`);
    throw error;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

/** Returns the first path that differs, and how. */
function differing(found: readonly BuiltFile[], indexed: readonly BuiltFile[]): string | undefined {
  const now = new Map(found.map((file) => [file.path, file]));
  for (const { path, sha256, size } of indexed) {
    const file = now.get(path);
    if (file === undefined) return `${path} is missing`;
    if (file.size !== size) return `${path} has ${file.size} bytes, not ${size}`;
    if (file.sha256 !== sha256) return `${path} has other bytes`;
    now.delete(path);
  }
  const [added] = now.keys();
  return added === undefined ? undefined : `${added} was added`;
}
