import { inParallel } from '@ameide/publisher-kit';
import {
  type Coordinate,
  formatCoordinate,
  type Problem,
  type Published,
  type Publisher,
  problem,
} from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import { isThere } from '../run/findings.ts';
import { areClean, findAnswer, type PublisherRun, withProblems } from '../run/publisher-run.ts';
import { runStep } from '../run/run-step.ts';

/**
 * Publishes everything that was built. It starts with what consumers cannot see until a pointer
 * moves (npm, OCI). Only if all of that succeeded does it publish what consumers see at once (PyPI,
 * Go).
 */
export async function publishAll(
  runs: readonly PublisherRun[],
  context: RunContext,
): Promise<readonly PublisherRun[]> {
  const first = await publishThose('promote', runs, context);
  return areClean(first) ? publishThose('publish', first, context) : first;
}

async function publishThose(
  visibleOn: Publisher['visibleOn'],
  runs: readonly PublisherRun[],
  context: RunContext,
): Promise<readonly PublisherRun[]> {
  return inParallel(runs, async (run) =>
    run.publisher.visibleOn === visibleOn ? publishOne(run, context) : run,
  );
}

async function publishOne(run: PublisherRun, context: RunContext): Promise<PublisherRun> {
  const { built, plan, publisher } = run;
  if (built === undefined) return run;
  const say = (message: string): void =>
    context.emit({ phase: 'publish', publisher: publisher.id, message });
  say(`publishing to ${plan.registry}`);
  const { value, problems } = await runStep(
    {
      run,
      phase: 'publish',
      name: 'publish',
      effect: 'unknown',
      call: async (step) => publisher.publish(plan, built, step),
    },
    context,
  );
  // If the publisher threw, we do not know what arrived.
  const published =
    value === undefined ? plan.coordinates.map(inDoubt) : everyOutcome(plan.coordinates, value);
  if (value !== undefined)
    say(`${published.filter(isThere).length} of ${published.length} on the registry`);
  const reported = published.flatMap((answer) => answer.problem ?? []);
  return withProblems({ ...run, writesBegun: 'versions', published }, [...problems, ...reported]);
}

function inDoubt(coordinate: Coordinate): Published {
  return { coordinate, outcome: 'unknown' };
}

/** Returns one outcome for each coordinate of a plan, with a problem for each failure. */
function everyOutcome(
  coordinates: readonly Coordinate[],
  answers: readonly Published[],
): readonly Published[] {
  return coordinates.map((coordinate) => {
    const answer = findAnswer(coordinate, answers) ?? inDoubt(coordinate);
    if (isThere(answer) || answer.problem !== undefined) return answer;
    return { ...answer, problem: unexplained(answer) };
  });
}

function unexplained({ coordinate, outcome }: Published): Problem {
  const name = formatCoordinate(coordinate);
  const hint = 'Run the same command again: it reads the registry first.';
  if (outcome === 'conflict') {
    return problem({
      code: 'conflict',
      kind: 'conflict',
      message: `${name} is already on the registry, but this commit builds other contents.`,
      hint: 'Release under a new version.',
      coordinate: name,
    });
  }
  return outcome === 'unknown'
    ? problem({
        code: 'outcome-unknown',
        kind: 'unknown',
        message: `The publisher did not report whether ${name} was published.`,
        hint,
        coordinate: name,
      })
    : problem({
        code: 'not-published',
        kind: 'incomplete',
        message: `${name} was not published.`,
        hint,
        coordinate: name,
      });
}
