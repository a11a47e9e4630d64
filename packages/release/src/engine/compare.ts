import { settleAll } from '@ameide/publisher-kit';
import { isOurs } from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import { comparedWithBuild, everyFinding, findingProblems } from '../run/findings.ts';
import { type PublisherRun, withProblems } from '../run/publisher-run.ts';
import { runStep } from '../run/run-step.ts';

/**
 * Compares what the registries have of this commit with its builds, where these are reproducible. Other
 * bytes are a conflict: somebody else may have put them there and named our commit.
 */
export async function compareAll(
  runs: readonly PublisherRun[],
  context: RunContext,
): Promise<readonly PublisherRun[]> {
  return settleAll(
    runs.map(async (run) =>
      run.isReproducible && run.findings.some(({ state }) => isOurs(state))
        ? compareOne(run, context)
        : run,
    ),
  );
}

async function compareOne(run: PublisherRun, context: RunContext): Promise<PublisherRun> {
  const { built, plan, publisher } = run;
  if (built === undefined) return run;
  const { value, problems } = await runStep(
    {
      run,
      phase: 'compare',
      name: 'compare what is there',
      effect: 'none',
      call: async (step) => publisher.inspect({ plan, built }, step),
    },
    context,
  );
  if (value === undefined) return withProblems(run, problems);
  const findings = everyFinding(plan.coordinates, value).map((one) => comparedWithBuild(one, run));
  return withProblems({ ...run, findings }, [...problems, ...findings.flatMap(findingProblems)]);
}
