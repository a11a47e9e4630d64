import { settleAll } from '@ameide/publisher-kit';
import type { Coordinate, Finding, Step } from '@ameide/versioning-core';
import type { RunContext } from './context.ts';
import { comparedWithBuild, everyFinding } from './findings.ts';
import { type PublisherRun, withProblems } from './publisher-run.ts';
import { runStep, type StepResult } from './run-step.ts';

/**
 * Returns the run with what its registry has, compared with what was built, and what its pointers name.
 */
export async function readRegistry(run: PublisherRun, context: RunContext): Promise<PublisherRun> {
  const { built, plan, publisher } = run;
  const subject = built === undefined ? { plan } : { plan, built };
  const about = { run, phase: 'check', effect: 'none' } as const;
  const [inspected, pointers] = await settleAll([
    runStep(
      {
        ...about,
        name: 'inspect',
        call: async (step) => publisher.inspect(subject, step),
        problemsIn: (found) => found.flatMap((finding) => finding.problem ?? []),
      },
      context,
    ),
    runStep(
      {
        ...about,
        name: 'read its pointers',
        call: async (step) => (await publisher.pointers?.(plan, step)) ?? [],
        problemsIn: (found) => found.flatMap((finding) => finding.problem ?? []),
      },
      context,
    ),
  ]);
  const pointersBefore = pointers.value ?? [];
  // Without an answer we know nothing about the artifacts; the problems say why.
  const findings =
    inspected.value === undefined
      ? []
      : everyFinding(plan.coordinates, inspected.value).map((one) => comparedWithBuild(one, run));
  return withProblems({ ...run, findings, pointersBefore }, [
    ...inspected.problems,
    ...pointers.problems,
    ...pointersBefore.flatMap(({ problem }) => problem ?? []),
  ]);
}

/** Asks the registry about one coordinate, whatever built it. */
export async function inspectCoordinate(
  coordinate: Coordinate,
  run: PublisherRun,
  context: RunContext,
): Promise<StepResult<readonly Finding[]>> {
  const call = async (step: Step): Promise<readonly Finding[]> =>
    run.publisher.inspect({ coordinate }, step);
  return runStep({ run, phase: 'check', effect: 'none', name: 'inspect', call }, context);
}
