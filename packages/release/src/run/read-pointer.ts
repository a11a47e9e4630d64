import type { Pointer, PointerFinding } from '@ameide/versioning-core';
import type { RunContext } from './context.ts';
import type { PublisherRun } from './publisher-run.ts';
import { runStep, type StepResult } from './run-step.ts';

/** Reads what one pointer names now, whatever the run's plan has. */
export async function readPointer(
  pointer: Pointer,
  run: PublisherRun,
  context: RunContext,
): Promise<StepResult<PointerFinding>> {
  const { plan, publisher } = run;
  const { value = [], problems } = await runStep(
    {
      run,
      phase: 'check',
      effect: 'none',
      name: 'read its pointers',
      call: async (step) =>
        (await publisher.pointers?.({ ...plan, pointers: [pointer] }, step)) ?? [],
    },
    context,
  );
  const [found = { pointer }] = value;
  return problems.length > 0 ? { problems } : { value: found, problems };
}
