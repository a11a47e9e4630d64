import type { RunContext } from './context.ts';
import { type PublisherRun, withProblems } from './publisher-run.ts';
import { runStep, type Verb } from './run-step.ts';

/**
 * Returns the run with the proofs that its artifacts carry, if its options ask for proofs. Returns it without them if
 * the publisher failed to read them.
 */
export async function readProofs(
  run: PublisherRun,
  context: RunContext,
  about: Pick<Verb<unknown>, 'phase' | 'name'> = { phase: 'check', name: 'verify its proofs' },
): Promise<PublisherRun> {
  const { plan, publisher } = run;
  if (publisher.proofs === undefined || plan.coordinates.length === 0) return run;
  const { value, problems } = await runStep(
    {
      run,
      ...about,
      effect: 'none',
      call: async (step) => publisher.proofs?.(plan, step),
      problemsIn: (proofs) => (proofs ?? []).flatMap((one) => one.problem ?? []),
    },
    context,
  );
  return withProblems(value === undefined ? run : { ...run, proofs: value }, problems);
}
