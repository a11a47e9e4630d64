import { join } from 'node:path';
import type { ImageRegistry } from '@ameide/deploy-policy';
import type { CommitSha, SourceFiles } from '@ameide/versioning-core';
import { consumerPaths } from '../consumers/consumer-paths.ts';
import { notesOnFolders } from '../consumers/folders-not-read.ts';
import { withImageRegistry } from '../deploy/image-registry.ts';
import { imagesOf, policyOf } from '../deploy/load-policy.ts';
import { replaceFiles } from '../files/replace-files.ts';
import type { Ended } from '../run/emitter.ts';
import type { TraceOptions } from '../trace/trace.ts';
import { type ChosenPaths, isChosen, requirePaths } from './chosen-paths.ts';
import { type ConsumeOutcome, type ConsumeReport, consumeReport } from './consume-report.ts';
import { type FoundRelease, findRelease } from './find-release.ts';
import { createImageCommits } from './image-commits.ts';
import { linkedElsewhere } from './links.ts';
import { type Renewed, renewLockfiles } from './lockfiles/renew.ts';
import { type PlannedFiles, planFiles } from './plan-files.ts';
import { planManifests } from './plan-manifests.ts';
import type { PlannedFile } from './planned-file.ts';
import type { ConsumeTarget } from './target-commit.ts';

export interface ConsumeOptions extends TraceOptions {
  readonly target: ConsumeTarget;
  /** Ids of publishers. Default: all. */
  readonly only: readonly string[];
  readonly paths: ChosenPaths;
  readonly write: boolean;
  readonly skipLockfiles: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Called before a tool is run, with what it is run for. */
  readonly onTool: (text: string) => void;
  /** Opens a pull request of the files in place of writing them. */
  readonly propose?: Propose;
}

export type Propose = (
  files: readonly PlannedFile[],
  release: FoundRelease,
  /** The commit that the files were made from. */
  head: string,
) => Promise<Pick<Parameters<typeof consumeReport>[0], 'pullRequest' | 'problems'>>;

/**
 * Makes every consumer in the repository ask for a release, if the registries have all of it. Nothing is written if
 * anything is wrong. Throws `InvalidInputError` if there is no such release, or a path has no consumers.
 */
export async function consume(options: ConsumeOptions): Promise<ConsumeReport> {
  const { definition, paths, propose, repository } = options;
  // A pull request is based on HEAD: what is not committed has no part in it.
  const head = await repository.resolve('HEAD');
  const isHead = propose !== undefined;
  const tree = isHead ? repository.source(head) : repository.workingTree();
  await requirePaths(paths, tree, consumerPaths(definition));
  const release = await findRelease(options.target, options);
  const { notes } = release;
  if (release.problems.length > 0)
    return consumeReport({ release, problems: release.problems, notes });
  const planned = await plan(release, tree, options);
  const before = { release, same: planned.same, kept: planned.kept };
  const all = { ...before, notes: [...notes, ...planned.notes] };
  const { problems } = planned;
  if (problems.length > 0) return consumeReport({ ...all, problems });
  const renewed = options.skipLockfiles
    ? { files: planned.files, problems: [] }
    : await renewLockfiles({
        ...options,
        files: tree,
        head,
        isHead,
        planned: planned.files,
        settled: planned.settled,
      });
  const skips = options.skipLockfiles ? skipped(planned) : [];
  return finish(renewed, { ...all, notes: [...all.notes, ...skips] }, { ...options, head });
}

/** Shows, writes or proposes the files. */
async function finish(
  { files, problems }: Renewed,
  all: Omit<ConsumeOutcome, 'files' | 'problems'>,
  { head, propose, repository, write }: ConsumeOptions & { readonly head: CommitSha },
): Promise<ConsumeReport> {
  if (problems.length > 0) return consumeReport({ ...all, problems });
  if (propose !== undefined)
    return consumeReport({ ...all, files, ...(await propose(files, all.release, head)) });
  if (!write || files.length === 0) return consumeReport({ ...all, files, problems });
  const failed = await writeFiles(files, repository.root);
  return consumeReport({ ...all, files, problems: failed, written: failed.length === 0 });
}

function skipped({ files, settled }: PlannedFiles): readonly string[] {
  return files.length === 0 && settled.length === 0
    ? []
    : [
        'The lockfiles were left as they are, unchecked: renew them before a CI job installs, or run without --skip-lockfiles.',
      ];
}

async function plan(
  release: FoundRelease,
  tree: SourceFiles,
  options: ConsumeOptions,
): Promise<PlannedFiles> {
  const { definition, paths, repository, target } = options;
  const ask = async <R>(use: (registry: ImageRegistry) => Promise<R>): Promise<R> =>
    askImages(options, use);
  const { environments, npmRange = 'exact' } = definition.consumers ?? {};
  const isConsumer = consumerPaths(definition);
  const isIncluded = (path: string): boolean => isConsumer(path) && isChosen(path, paths);
  const isNamed = target.sha !== undefined || target.version !== undefined;
  const imageCommits = createImageCommits(release.sha, repository, ask);
  const common = { files: tree, isIncluded, isNamed, imageCommits };
  const { artifacts } = release;
  const names = artifacts.map(({ name }) => name);
  const read = await planFiles({ ...common, artifacts, npmRange });
  const links = await linkedElsewhere({ ...common, names, root: repository.root });
  const folders = await notesOnFolders(tree, repository.root, isIncluded);
  const files = {
    ...read,
    problems: [...read.problems, ...links],
    notes: [...read.notes, ...folders],
  };
  if (imagesOf(definition).length === 0) return files;
  const question = {
    ...common,
    release,
    policy: policyOf(definition),
    ...(environments === undefined ? {} : { environments }),
  };
  const manifests = await planManifests(question, ask);
  return {
    ...files,
    files: [...files.files, ...manifests.files],
    kept: [...files.kept, ...manifests.kept],
    same: files.same + manifests.same,
    problems: [...files.problems, ...manifests.problems],
    notes: [...files.notes, ...manifests.notes],
  };
}

/** Asks the registries of images, in a run of its own. */
async function askImages<R>(
  options: TraceOptions,
  use: (registry: ImageRegistry) => Promise<R>,
): Promise<R> {
  const done: Ended = { status: 'converged', exitCode: 0, problems: [] };
  const { result } = await withImageRegistry(options, async (registry) => ({
    ...done,
    result: await use(registry),
  }));
  return result;
}

async function writeFiles(
  files: readonly PlannedFile[],
  root: string,
): ReturnType<typeof replaceFiles> {
  return replaceFiles(
    lockfilesFirst(files).map(({ before, path, text }) => ({
      file: join(root, path),
      path,
      text,
      ...(before === undefined ? {} : { before }),
    })),
  );
}

/**
 * A run that ends between two files leaves manifests that do not ask for the release yet, never a manifest whose lockfile
 * is behind: the next run finds what is left to do.
 */
export function lockfilesFirst(files: readonly PlannedFile[]): readonly PlannedFile[] {
  const isLockfile = ({ changes }: PlannedFile): boolean => changes.length === 0;
  return [...files.filter(isLockfile), ...files.filter((one) => !isLockfile(one))];
}
