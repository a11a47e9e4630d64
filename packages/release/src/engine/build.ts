import { constants } from 'node:fs';
import { cp } from 'node:fs/promises';
import { inParallel, type Processes, processProblem, type Repository } from '@ameide/publisher-kit';
import {
  type CommitSha,
  InvalidInputError,
  type Problem,
  type Step,
} from '@ameide/versioning-core';
import type { Argv } from '../definition/definition.ts';
import { guard, inputProblem } from './guard.ts';
import type { Lane, RunContext } from './lane.ts';

/** The first program alone: what the others need may be put there by those before them. */
export async function checkPrepare(
  prepare: readonly Argv[],
  processes: Processes,
): Promise<Problem | undefined> {
  const [program] = prepare[0] ?? [];
  if (
    program === undefined ||
    program.includes('/') ||
    (await processes.which(program)) !== undefined
  )
    return undefined;
  return {
    code: 'prepare-not-found',
    kind: 'incomplete',
    message: `The program ${program}, which \`prepare\` runs first, is not on PATH.`,
    hint: 'Install it, or put its folder on PATH.',
    effect: 'none',
    rerun: 'after-fix',
  };
}

/**
 * Lays the commit's files out in a private folder and runs the release's `prepare` commands there.
 * The user's tree is not touched.
 */
export async function prepareSource(
  input: {
    readonly repository: Repository;
    readonly sha: CommitSha;
    readonly directory: string;
    readonly prepare: readonly Argv[];
    readonly processes: Processes;
  },
  context: RunContext,
): Promise<Problem | undefined> {
  context.emit({
    phase: 'prepare',
    message: `laying out ${input.sha.slice(0, 12)} in a private folder`,
  });
  try {
    await input.repository.exportTree(input.sha, input.directory);
  } catch (error) {
    if (error instanceof InvalidInputError) return inputProblem(error);
    throw error;
  }
  for (const argv of input.prepare) {
    context.emit({ phase: 'prepare', message: argv.join(' ') });
    const onLine = (message: string): void => context.emit({ phase: 'prepare', message });
    const result = await input.processes.run({
      argv,
      cwd: input.directory,
      signal: context.signal,
      onLine,
    });
    if (!result.ok)
      return processProblem({ code: 'prepare', what: `run ${argv.join(' ')}`, result });
  }
  return undefined;
}

/**
 * Builds every lane that has something to publish, at once. Nothing is published before all are
 * built. A build that writes into its source gets a copy of its own: what one publisher's build
 * leaves behind must never be part of another's artifact, or the bytes would depend on which was
 * faster, and on what an earlier run had published already.
 */
export async function buildAll(lanes: readonly Lane[], context: RunContext): Promise<void> {
  await inParallel(lanes, async (lane) => {
    const { plan, publisher } = lane;
    context.emit({ phase: 'build', publisher: publisher.id, message: 'building' });
    const build = async (step: Step) => {
      if (publisher.buildsInSource !== true) return publisher.build(plan, step);
      lane.source = await copyOf(step);
      return publisher.build(plan, { ...step, source: lane.source });
    };
    const result = await guard(
      { lane, phase: 'build', name: 'build', effect: 'none', run: build },
      context,
    );
    if (result === undefined) return;
    if ('problem' in result) lane.problems.push(result.problem);
    else lane.built = result.built;
  });
}

async function copyOf(step: Step): Promise<string> {
  // Beside its folder, which is the publisher's own.
  const copy = `${step.workspace}-source`;
  // Times as they are, since archives may hold them; links as written; blocks shared where the file
  // system can.
  await cp(step.source, copy, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
  });
  return copy;
}
