import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '@ameide/publisher-kit/git';
import { type Problem, pathIn, problem, type SourceFiles } from '@ameide/versioning-core';
import type { LockJob } from './lock-job.ts';
import { BY_HAND } from './lock-tools.ts';

/** Why lockfiles cannot be renewed here. */
export async function refusals(
  jobs: readonly LockJob[],
  files: SourceFiles,
  repository: Repository,
): Promise<readonly Problem[]> {
  const links = new Set(
    (await files.list('')).flatMap(({ mode, path }) => (mode === 'symlink' ? [path] : [])),
  );
  const vendors = await Promise.all(jobs.map(async (job) => vendored(job, repository)));
  return [...jobs.flatMap(byHand), ...jobs.flatMap((job) => linked(job, links)), ...vendors.flat()];
}

function byHand({ folder, kind, manifests, outputs: [output = ''] }: LockJob): readonly Problem[] {
  const command = BY_HAND[kind];
  if (command === undefined) return [];
  return [
    problem({
      code: 'consume-lockfile-by-hand',
      kind: 'input',
      message: `${output} has to follow ${manifests.join(', ')}, and consume cannot renew it.`,
      hint: `Run with --skip-lockfiles, then in ${named(folder)}: ${command}.`,
      path: output,
    }),
  ];
}

/** A tool writes where a link leads, or in its place: neither is what anybody wants of a copy. */
function linked({ outputs }: LockJob, links: ReadonlySet<string>): readonly Problem[] {
  return outputs
    .filter((path) => links.has(path))
    .map((path) =>
      problem({
        code: 'consume-link',
        kind: 'input',
        message: `${path} is a link, and consume does not write through links.`,
        hint: 'Put the file itself there; or run with --skip-lockfiles and renew it yourself.',
        path,
      }),
    );
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
      hint: `Run with --skip-lockfiles, then in ${named(folder)}: go mod tidy && go mod vendor.`,
      path,
    }),
  ];
}

function named(folder: string): string {
  return folder === '' ? 'the root' : folder;
}
