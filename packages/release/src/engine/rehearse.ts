import { inParallel } from '@ameide/publisher-kit';
import type { RunContext } from '../run/context.ts';
import { eventOf, type PublisherRun, withProblems } from '../run/publisher-run.ts';
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
    const { built, plan, publisher } = run;
    if (built === undefined) return run;
    void context.emit({
      type: 'progress',
      ...eventOf(run, 'compare'),
      text: 'comparing with what is published',
    });
    const { value, problems } = await runStep(
      {
        run,
        phase: 'compare',
        name: 'compare what it built with what is published',
        effect: 'none',
        call: async (step) => publisher.rehearse(plan, built, step),
        problemsIn: ({ refused = [] }) => refused,
      },
      context,
    );
    if (value === undefined) return withProblems(run, problems);
    return withProblems({ ...run, rehearsal: value }, value.refused ?? []);
  });
}
