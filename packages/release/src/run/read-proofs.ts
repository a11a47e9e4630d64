import { type Coordinate, formatCoordinate, type Proof } from '@ameide/versioning-core';
import type { RunContext } from './context.ts';
import { type PublisherRun, withProblems } from './publisher-run.ts';
import { runStep } from './run-step.ts';

/** Returns the run with what its artifacts carry, if its options ask for proofs. */
export async function readProofs(run: PublisherRun, context: RunContext): Promise<PublisherRun> {
  const { plan, publisher } = run;
  if (publisher.proofs === undefined || plan.coordinates.length === 0) return run;
  const { value = [], problems } = await runStep(
    {
      run,
      phase: 'check',
      name: 'verify its proofs',
      effect: 'none',
      call: async (step) => publisher.proofs?.(plan, step),
      problemsIn: (proofs) => (proofs ?? []).flatMap((one) => one.problem ?? []),
    },
    context,
  );
  return withProblems({ ...run, proofs: value }, problems);
}

/** Returns the proofs of one coordinate, in the order of their kinds. */
export function proofsOf({ proofs = [] }: PublisherRun, coordinate: Coordinate): readonly Proof[] {
  const name = formatCoordinate(coordinate);
  return proofs.filter((one) => formatCoordinate(one.coordinate) === name);
}
