import { inParallel } from '@ameide/publisher-kit';
import type { RunContext } from '../run/context.ts';
import { type PublisherRun, withProblems } from '../run/publisher-run.ts';
import { runStep } from '../run/run-step.ts';

/**
 * Lists what every build made, and what is published now. A registry that does not answer costs the
 * comparison alone: `publish` does not compare either.
 */
export async function rehearseAll(
  runs: readonly PublisherRun[],
  context: RunContext,
): Promise<readonly PublisherRun[]> {
  return inParallel(runs, async (run) => {
    const { built, id, plan, publisher } = run;
    if (built === undefined) return run;
    context.emit({ phase: 'compare', publisher: id, message: 'comparing with what is published' });
    const { value, problems } = await runStep(
      {
        run,
        phase: 'compare',
        name: 'compare what it built with what is published',
        effect: 'none',
        call: async (step) => publisher.rehearse(plan, built, step),
      },
      context,
    );
    if (value === undefined) return withProblems(run, problems);
    return withProblems({ ...run, rehearsal: value }, value.refused ?? []);
  });
}
