import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createProcesses, createWorkspace } from '@ameide/publisher-kit';
import type { Repository } from '@ameide/publisher-kit/git';
import {
  type CommitSha,
  type Problem,
  pathIn,
  problem,
  type SourceFiles,
} from '@ameide/versioning-core';
import { editsBetween } from '../../files/edits-between.ts';
import { manifestLinks } from '../links.ts';
import type { ConsumeChange, PlannedFile } from '../planned-file.ts';
import { type AskedPlaces, askedPlaces } from './asked-places.ts';
import { type LockJob, lockJobs } from './lock-job.ts';
import { notLocked, staleJobs } from './not-locked.ts';
import { layOutCopy } from './private-copy.ts';
import { refusals } from './refusals.ts';
import { isTidy, type Running, runLockTool } from './run-tool.ts';

export interface RenewQuestion {
  readonly repository: Repository;
  /** The files as they are, in the working tree or at HEAD. */
  readonly files: SourceFiles;
  readonly head: CommitSha;
  /** True if the files are those of HEAD. */
  readonly isHead: boolean;
  /** The files that change. */
  readonly planned: readonly PlannedFile[];
  /** The places that ask for the release already. */
  readonly settled: readonly ConsumeChange[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly onTool: Running['onTool'];
}

export interface Renewed {
  /** All files that change: the planned ones, and the lockfiles. */
  readonly files: readonly PlannedFile[];
  readonly problems: readonly Problem[];
}

/**
 * Renews the lockfiles of changed manifests, and those that are behind their manifests, with their own tools, in a
 * private copy.
 */
export async function renewLockfiles(question: RenewQuestion): Promise<Renewed> {
  const { files, planned, repository } = question;
  const links = await manifestLinks(files, repository.root);
  const asked = askedPlaces({ ...question, links });
  const all = await lockJobs(files, [...asked.keys()]);
  const stale = new Set(await staleJobs(all, asked, files));
  const jobs = all.filter(
    (job) => stale.has(job) || job.manifests.some((path) => asked.get(path)?.isChanged === true),
  );
  if (jobs.length === 0) return { files: planned, problems: [] };
  const refused = await refusals(jobs, files, repository);
  if (refused.length > 0) return { files: planned, problems: refused };
  return inPrivateCopy({ ...question, asked, jobs });
}

interface Renewing extends RenewQuestion {
  readonly asked: ReadonlyMap<string, AskedPlaces>;
  readonly jobs: readonly LockJob[];
}

async function inPrivateCopy(renewing: Renewing): Promise<Renewed> {
  const { asked, env, files, jobs, planned } = renewing;
  // Read before the copy is laid out: whatever changes later is not overwritten.
  const before = await textsBefore(renewing);
  await using workspace = await createWorkspace();
  const copy = await workspace.folder('tree');
  const made = await layOutCopy(renewing, copy);
  if (made.problems !== undefined) return { files: planned, problems: made.problems };
  const running = {
    ...renewing,
    copy,
    missingLinks: made.value,
    processes: createProcesses({ env }),
  };
  const tidy = new Map<LockJob, boolean>();
  for (const job of jobs) if (job.kind === 'go') tidy.set(job, await isTidy(job, running));
  for (const { path, text } of planned) await writeFile(join(copy, path), text);
  const renewed = new Map(planned.map((one) => [one.path, one]));
  const problems: Problem[] = [];
  for (const job of jobs) {
    const places = job.manifests.flatMap((path) => asked.get(path)?.places ?? []);
    const wasTidy = tidy.get(job) ?? false;
    problems.push(...(await runLockTool(job, { places, wasTidy }, running)));
    // At once: another tool may write to this lockfile as well.
    await addOutputs(job, { before, copy, renewed });
    problems.push(...(await tooNew(job, renewed, { copy, files })));
  }
  if (problems.length > 0) return { files: planned, problems };
  const after: SourceFiles = {
    ...files,
    readText: async (path) => renewed.get(path)?.text ?? files.readText(path),
  };
  const differing = await notLocked(jobs, asked, after);
  return { files: [...renewed.values()], problems: differing };
}

type Texts = ReadonlyMap<string, string | undefined>;

/** What the lockfiles are now; of a file that changes anyway, what it was when that was decided. */
async function textsBefore({ files, jobs, planned }: Renewing): Promise<Texts> {
  const paths = jobs.flatMap(({ outputs }) => outputs);
  const read = paths.map(async (path) => {
    const known = planned.find((one) => one.path === path);
    return [path, known === undefined ? await files.readText(path) : known.before] as const;
  });
  return new Map(await Promise.all(read));
}

/** Adds the lockfiles that a tool has changed, and nothing else that it may have changed in the copy. */
async function addOutputs({ outputs }: LockJob, { before, copy, renewed }: Outputs): Promise<void> {
  for (const path of outputs) {
    const written = await readFile(join(copy, path), 'utf8').catch(() => undefined);
    // A module that needs nothing has no go.sum.
    if (written === undefined) continue;
    const old = before.get(path);
    const known = renewed.get(path);
    const text = written.replace(/^\uFEFF/, '');
    if (text === (known?.text ?? old)) continue;
    renewed.set(path, {
      path,
      ...(old === undefined ? {} : { before: old }),
      text,
      edits: editsBetween(old ?? '', text),
      changes: known?.changes ?? [],
    });
  }
}

interface Outputs {
  readonly before: Texts;
  readonly copy: string;
  readonly renewed: Map<string, PlannedFile>;
}

/**
 * For a version that is too new for `minimumReleaseAge` (pnpm 12: a day), pnpm writes an exception into its settings,
 * without which every other install refuses the lockfile. Whom to trust at once is for people to say.
 */
async function tooNew(
  { folder, kind, outputs: [output = ''] }: LockJob,
  renewed: ReadonlyMap<string, PlannedFile>,
  { copy, files }: { readonly copy: string; readonly files: SourceFiles },
): Promise<readonly Problem[]> {
  const path = pathIn(folder, 'pnpm-workspace.yaml');
  if (kind !== 'pnpm') return [];
  const after = await readFile(join(copy, path), 'utf8').catch(() => undefined);
  const before = renewed.get(path)?.text ?? (await files.readText(path));
  if (after === undefined || after.replace(/^\uFEFF/, '') === before) return [];
  return [
    problem({
      code: 'consume-lockfile-too-new',
      kind: 'incomplete',
      message: `Versions of the release are newer than pnpm's minimumReleaseAge allows, so every install would refuse ${output}.`,
      hint: `Wait, and run the same command again; or trust your own packages at once in ${path}: minimumReleaseAgeExclude: ['@your-scope/*'].`,
      path,
    }),
  ];
}
