import type { Processes, Repository } from '@ameide/publisher-kit';
import { processProblem } from '@ameide/publisher-kit';
import type { CommitSha, Problem } from '@ameide/versioning-core';
import type { Argv } from '../definition/definition.ts';
import { guard, inParallel } from './guard.ts';
import type { Lane, RunContext } from './lane.ts';

/** Lays the commit's files out in a private folder and runs the release's `prepare` commands there. The user's tree is not touched. */
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
  context.emit({ phase: 'prepare', message: `laying out ${input.sha.slice(0, 12)} in a private folder` });
  await input.repository.exportTree(input.sha, input.directory);
  for (const argv of input.prepare) {
    context.emit({ phase: 'prepare', message: argv.join(' ') });
    const result = await input.processes.run({ argv, cwd: input.directory, signal: context.signal });
    if (!result.ok) return processProblem({ code: 'prepare', what: `run ${argv.join(' ')}`, result });
  }
  return undefined;
}

/** Builds every lane that has something to publish, at once. Nothing is published before all are built. */
export async function buildAll(lanes: readonly Lane[], context: RunContext): Promise<void> {
  await inParallel(lanes, async (lane) => {
    context.emit({ phase: 'build', publisher: lane.publisher.id, message: 'building' });
    const step = await context.step(lane, 'build');
    const result = await guard(lane, 'build', 'none', context.signal, () => lane.publisher.build(lane.plan, step));
    if (result === undefined) return;
    if ('problem' in result) lane.problems.push(result.problem);
    else lane.built = result.built;
  });
}
