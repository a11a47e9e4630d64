import { join } from 'node:path';
import { type Processes, processProblem, readFolder } from '@ameide/publisher-kit';
import {
  failed as failedWith,
  InvalidInputError,
  ok,
  type Problem,
  type Result,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';
import type { GhcrBuilt, GhcrPlan } from '../plan.ts';
import { problem } from '../problems.ts';
import { isLeftOut, secretFileProblem } from '../secret-files.ts';
import type { Platform } from './assemble.ts';
import { folderEntries, packImage } from './pack.ts';

import type { ImageSource } from './source.ts';

export interface FilesInput {
  /** As `parseRepositoryPath` gives it. */
  readonly directory: string;
  readonly build: readonly [string, ...string[]] | undefined;
  readonly prefix: string;
  readonly platform: Platform;
  readonly processes: Processes;
}

/** An image of a directory of the repository. */
export function fromFiles(input: FilesInput): ImageSource {
  return {
    open: (source) => requireDirectory(source, input.directory, 'files'),
    async check(step) {
      if (input.build === undefined) return [];
      const [program] = input.build;
      step.signal.throwIfAborted();
      // A path is looked for when the build runs: `prepare` may make it.
      if (program.includes('/') || (await input.processes.which(program)) !== undefined) return [];
      return [
        problem(
          'ghcr-build-not-found',
          'incomplete',
          `The program ${program}, which builds ${input.directory}, is not on PATH.`,
        ),
      ];
    },
    buildsFrom: input.build === undefined ? 'checkout' : 'own-checkout',
    build: (plan, step) => buildFiles(plan, step, input),
  };
}

/** Throws `InvalidInputError` unless the commit holds the directory. */
export async function requireDirectory(
  source: SourceTree,
  directory: string,
  field: string,
): Promise<void> {
  if ((await source.treeId(directory)) !== undefined) return;
  throw new InvalidInputError({
    field,
    received: directory,
    expected: 'a directory of the repository at this commit',
    hint: 'What is not committed is not published.',
  });
}

async function buildFiles(
  plan: GhcrPlan,
  step: Step,
  input: FilesInput,
): Promise<Result<GhcrBuilt>> {
  const folder = join(step.checkout, input.directory);
  const failed = await runBuild(plan, step, input, folder);
  if (failed !== undefined) return failedWith(failed);
  const entries = folderEntries(await readFolder(folder, { ignore: isLeftOut }));
  const secret = secretFileProblem(entries, plan.image);
  if (secret !== undefined) return failedWith(secret);
  step.signal.throwIfAborted();
  const createdBy = `ameide-release files ${input.directory === '' ? '.' : input.directory}`;
  const { prefix, platform } = input;
  return ok(await packImage(plan, { entries, prefix, platform, createdBy }, step));
}

async function runBuild(
  plan: GhcrPlan,
  step: Step,
  input: FilesInput,
  cwd: string,
): Promise<Problem | undefined> {
  if (input.build === undefined) return undefined;
  const result = await input.processes.run({
    argv: input.build,
    cwd,
    // reproducible-builds.org: the time a build tool may write is the commit's.
    env: { ...step.environment, SOURCE_DATE_EPOCH: String(Date.parse(plan.created) / 1000) },
    signal: step.signal,
    onLine: (line) => step.emit({ publisher: plan.publisher, message: line }),
  });
  return result.ok
    ? undefined
    : processProblem({ code: 'ghcr-build', what: `build ${plan.image}`, result });
}
