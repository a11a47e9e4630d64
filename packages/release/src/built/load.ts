import { constants } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { builtFolderProblem, folderName } from '@ameide/publisher-kit';
import { failed, ok, type Result, type Step } from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import { type PublisherRun, withProblems } from '../run/publisher-run.ts';
import { runStep } from '../run/run-step.ts';
import { type BuiltRecord, FILES, listFiles, OddFileError, parseRecord, RECORD } from './record.ts';
import type { BuildFacts } from './save.ts';

/**
 * Returns the run with what another machine built. Refuses a folder that is incomplete, was changed, or
 * was made for another commit, channel or definition. Checks a copy, so that nothing can change after
 * the check.
 */
export async function loadBuilt(
  run: PublisherRun,
  from: string,
  facts: BuildFacts,
  context: RunContext,
): Promise<PublisherRun> {
  const { value, problems } = await runStep(
    {
      run,
      phase: 'load',
      name: 'load what was built',
      effect: 'none',
      call: async (step) => load(run, join(from, folderName(run.id)), facts, step),
      problemsIn: (loaded) => loaded.problems ?? [],
    },
    context,
  );
  const reported = withProblems(run, [...problems, ...(value?.problems ?? [])]);
  return value?.value === undefined ? reported : { ...reported, ...value.value };
}

type Loaded = Required<Pick<PublisherRun, 'built' | 'loadedFrom'>>;

async function load(
  run: PublisherRun,
  folder: string,
  facts: BuildFacts,
  step: Step,
): Promise<Result<Loaded>> {
  const unusable = (reason: string): Result<never> => failed(builtFolderProblem(run.id, reason));
  const text = await readFile(join(folder, RECORD), 'utf8').catch(() => undefined);
  if (text === undefined) return unusable(`there is no ${join(folder, RECORD)}`);
  const record = parseRecord(text);
  if (record === undefined) return unusable(`${join(folder, RECORD)} is not the record of a build`);
  const other = otherThan(run, facts, record);
  if (other !== undefined) return unusable(other);
  const copy = join(step.workspace, 'built');
  const changed = await copyFiles(join(folder, FILES), copy, record, step.signal);
  if (changed !== undefined) return unusable(changed);
  const loaded = await run.publisher.load(run.plan, copy, step);
  if (loaded.value === undefined) return loaded;
  return isDeepStrictEqual(asJson(loaded.value.artifacts), record.artifacts)
    ? ok({ built: loaded.value, loadedFrom: copy })
    : unusable('its files are not what the build made');
}

/** Returns how the record differs from this run; undefined if it does not. */
function otherThan(run: PublisherRun, facts: BuildFacts, record: BuiltRecord): string | undefined {
  if (record.sha !== facts.sha)
    return `it was built from ${record.sha}, but this commit is ${facts.sha}`;
  if (record.channel !== facts.channel)
    return `its channel is ${record.channel}, but this run's is ${facts.channel}`;
  if (record.definition !== facts.definition)
    return 'it was built by another release definition, or with other options';
  const isSame = record.publisher === run.id && isDeepStrictEqual(record.plan, asJson(run.plan));
  return isSame ? undefined : 'it was built for another plan';
}

/** Copies the files, and returns how they differ from the record; undefined if they do not. */
async function copyFiles(
  folder: string,
  copy: string,
  { files }: BuiltRecord,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    await cp(folder, copy, {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      verbatimSymlinks: true,
    });
    const found = await listFiles(copy, signal);
    const path = differingPath(found, files);
    return path === undefined ? undefined : `${path} was changed, added or removed`;
  } catch (error) {
    if (error instanceof OddFileError) return `${error.message} is neither a file nor a folder`;
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return `there is no ${folder}`;
    if (code.startsWith('ERR_FS_CP'))
      return `${folder} contains something that is neither a file nor a folder`;
    throw error;
  }
}

function differingPath(
  found: BuiltRecord['files'],
  recorded: BuiltRecord['files'],
): string | undefined {
  const [now, then] = [found, recorded].map(
    (files) => new Map(files.map((one) => [one.path, one])),
  );
  const paths = [...(now?.keys() ?? []), ...(then?.keys() ?? [])];
  return paths.find((path) => !isDeepStrictEqual(now?.get(path), then?.get(path)));
}

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
