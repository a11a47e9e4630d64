import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createProcesses,
  createWorkspace,
  type Processes,
  processProblem,
} from '@ameide/publisher-kit';
import type { Repository } from '@ameide/publisher-kit/git';
import { type Problem, pathIn, problem } from '@ameide/versioning-core';
import { editsBetween } from '../../files/edits-between.ts';
import type { ConsumeChange, PlannedFile } from '../planned-file.ts';
import { lockHint } from './lock-hint.ts';
import { type LockJob, lockJobs } from './lock-job.ts';
import { BY_HAND, lockTool, toolEnvironment } from './lock-tools.ts';
import { notLocked } from './not-locked.ts';
import { configurationOf, copyWorkingTree } from './private-copy.ts';

export interface RenewQuestion {
  readonly repository: Repository;
  /** The files that change. */
  readonly planned: readonly PlannedFile[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Called before a tool is run: `services/web/package-lock.json: npm install …`. */
  readonly onTool: (text: string) => void;
}

export interface Renewed {
  /** All files that change: the planned ones, and the lockfiles. */
  readonly files: readonly PlannedFile[];
  readonly problems: readonly Problem[];
  readonly notes?: readonly string[];
}

interface Running extends RenewQuestion {
  /** The private copy. */
  readonly copy: string;
  readonly processes: Processes;
}

/** Renews the lockfiles of changed manifests with their own tools, in a private copy of the working tree. */
export async function renewLockfiles(question: RenewQuestion): Promise<Renewed> {
  const { env, planned, repository, signal } = question;
  const files = repository.workingTree();
  const jobs = await lockJobs(
    files,
    planned.map(({ path }) => path),
  );
  if (jobs.length === 0) return { files: planned, problems: [] };
  const refused = [
    ...jobs.flatMap(byHand),
    ...(await Promise.all(jobs.map(async (job) => vendored(job, repository)))).flat(),
  ];
  if (refused.length > 0) return { files: planned, problems: refused };
  await using workspace = await createWorkspace();
  const copy = await workspace.folder('tree');
  const processes = createProcesses({ env });
  const running: Running = { ...question, copy, processes };
  const before = await copyWorkingTree(repository, copy, signal);
  if (before.length > 0) return { files: planned, problems: before };
  const tidy = new Map<LockJob, boolean>();
  for (const job of jobs) if (job.kind === 'go') tidy.set(job, await isTidy(job, running));
  await writePlanned(running);
  const problems: Problem[] = [];
  for (const job of jobs) problems.push(...(await renew(job, tidy.get(job) ?? false, running)));
  if (problems.length > 0) return { files: planned, problems };
  return await copyBack(jobs, running);
}

function byHand({ folder, kind, manifests, outputs: [output = ''] }: LockJob): readonly Problem[] {
  const command = BY_HAND[kind];
  if (command === undefined) return [];
  return [
    problem({
      code: 'consume-lockfile-by-hand',
      kind: 'input',
      message: `${output} has to follow ${manifests.join(', ')}, and consume cannot renew it.`,
      hint: `Run with --skip-lockfiles, then in ${folder === '' ? 'the root' : folder}: ${command}.`,
      path: output,
    }),
  ];
}

async function vendored(
  { folder, kind }: LockJob,
  { root }: Repository,
): Promise<readonly Problem[]> {
  const path = pathIn(folder, 'vendor/modules.txt');
  if (kind !== 'go' || (await stat(join(root, path)).catch(() => undefined)) === undefined)
    return [];
  return [
    problem({
      code: 'consume-lockfile-by-hand',
      kind: 'input',
      message: `${pathIn(folder, 'vendor')} has to follow ${pathIn(folder, 'go.mod')}, and consume does not renew vendored files.`,
      hint: `Run with --skip-lockfiles, then in ${folder === '' ? 'the root' : folder}: go mod tidy && go mod vendor.`,
      path,
    }),
  ];
}

async function isTidy(job: LockJob, running: Running): Promise<boolean> {
  const result = await runTool(job, ['go', 'mod', 'tidy', '-diff'], running, { GOWORK: 'off' });
  return result.ok;
}

async function writePlanned({ copy, planned }: Running): Promise<void> {
  for (const { path, text } of planned) await writeFile(join(copy, path), text);
}

async function runTool(
  { folder, kind }: LockJob,
  argv: readonly [string, ...string[]],
  { copy, env, processes, signal }: Running,
  settings: Readonly<Record<string, string>> = {},
): ReturnType<Processes['run']> {
  const configuration = await configurationOf(copy, folder);
  return processes.run({
    argv,
    cwd: join(copy, folder),
    env: { ...toolEnvironment(kind, env, configuration), ...settings },
    signal,
    endsGroup: true,
  });
}

/** The beginning of the codes: `consume-lockfile-failed`, `consume-lockfile-not-found`. */
const FAILED = 'consume-lockfile';

/** Runs a lockfile's tool. */
async function renew(
  job: LockJob,
  wasTidy: boolean,
  running: Running,
): Promise<readonly Problem[]> {
  const modules = changesOf(job, running).map(({ name, to }) => `${name}@${to}`);
  const tool = lockTool(job.kind, { modules, wasTidy });
  const [output = ''] = job.outputs;
  for (const argv of tool?.commands ?? []) {
    running.onTool(`${output}: ${argv.join(' ')}`);
    const result = await runTool(job, argv, running, tool?.settings);
    if (result.ok) continue;
    const printed = `${result.stdoutText}\n${result.stderrText}`;
    const hint = result.failure === 'not-found' ? undefined : lockHint(job.kind, printed);
    return [
      processProblem({
        code: FAILED,
        what: `renew ${output}`,
        result,
        hint:
          hint ??
          (result.failure === 'not-found'
            ? `Install ${argv[0]}, or put its folder on PATH; or run with --skip-lockfiles and renew the lockfile yourself.`
            : 'It ran in a private copy of the working tree, with your settings and without the tokens for publishing: run it by hand to see all that it prints.'),
      }),
    ];
  }
  return [];
}

function changesOf({ manifests }: LockJob, { planned }: Running): readonly ConsumeChange[] {
  return planned.filter(({ path }) => manifests.includes(path)).flatMap(({ changes }) => changes);
}

/** Copies back the lockfiles, and nothing else that the tools may have changed in the copy. */
async function copyBack(jobs: readonly LockJob[], running: Running): Promise<Renewed> {
  const { copy, planned, repository } = running;
  const tree = repository.workingTree();
  const files = new Map(planned.map((one) => [one.path, one]));
  const problems: Problem[] = [];
  const notes: string[] = [];
  for (const job of jobs) {
    notes.push(...(await settingsNotes(job, files, running)));
    for (const path of job.outputs) {
      const written = await readFile(join(copy, path), 'utf8').catch(() => undefined);
      // A module that needs nothing has no go.sum.
      if (written === undefined) continue;
      const text = written.replace(/^\uFEFF/, '');
      const before = await tree.readText(path);
      if (text === before) continue;
      const edits = editsBetween(before ?? '', text);
      const changes = files.get(path)?.changes ?? [];
      files.set(path, { path, ...(before === undefined ? {} : { before }), text, edits, changes });
    }
    problems.push(...(await notLocked(job, changesOf(job, running), tree, files)));
  }
  return { files: [...files.values()], problems, notes };
}

/** For a version that is too new for `minimumReleaseAge`, pnpm writes an exception into its settings. */
async function settingsNotes(
  { folder, kind }: LockJob,
  files: ReadonlyMap<string, PlannedFile>,
  { copy, repository }: Running,
): Promise<readonly string[]> {
  const path = pathIn(folder, 'pnpm-workspace.yaml');
  if (kind !== 'pnpm') return [];
  const after = await readFile(join(copy, path), 'utf8').catch(() => undefined);
  const before = files.get(path)?.text ?? (await repository.workingTree().readText(path));
  if (after === undefined || after.replace(/^\uFEFF/, '') === before) return [];
  return [
    `pnpm would also change ${path}: it adds an exception for these versions, which are newer than minimumReleaseAge allows. That change was left out.`,
  ];
}
