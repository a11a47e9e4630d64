import { inParallel, settleAll } from '@ameide/publisher-kit';
import {
  type Coordinate,
  findAnswer,
  formatCoordinate,
  type Problem,
  type Published,
  problem,
} from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import { isThere } from '../run/findings.ts';
import {
  areClean,
  eventOf,
  isSettled,
  type PublisherRun,
  withProblems,
} from '../run/publisher-run.ts';
import { runStep } from '../run/run-step.ts';
import { publishedBefore } from './publish-order.ts';

/**
 * Publishes everything that was built. It starts with what consumers cannot see until a pointer
 * moves (npm, OCI). Only if all of that succeeded does it publish what consumers see at once (PyPI,
 * Go), each after what it requires.
 */
export async function publishAll(
  runs: readonly PublisherRun[],
  context: RunContext,
): Promise<readonly PublisherRun[]> {
  const held = runs.filter(({ publisher }) => publisher.visibleOn === 'promote');
  for (const run of runs)
    if (run.publisher.visibleOn === 'publish')
      emitWaiting(
        run,
        held,
        'it is visible as soon as it is published, so it is published last',
        context,
      );
  const first = await byRegistry(runs, async (run) =>
    run.publisher.visibleOn === 'promote' ? publishOne(run, context) : run,
  );
  return areClean(first) ? publishInOrder(first, context) : first;
}

/** How many runs publish to one registry at once. There is a limit because what they send may be in memory. */
const AT_ONCE = 32;

/** Runs `work` for every run; the runs of one registry do not wait for those of another. Returns the results in order. */
async function byRegistry(
  runs: readonly PublisherRun[],
  work: (run: PublisherRun) => Promise<PublisherRun>,
): Promise<readonly PublisherRun[]> {
  const results = new Map<PublisherRun, PublisherRun>();
  const registries = Map.groupBy(runs, ({ plan }) => plan.registry).values();
  await settleAll(
    [...registries].map(async (its) =>
      inParallel(its, async (run) => void results.set(run, await work(run)), AT_ONCE),
    ),
  );
  return runs.map((run) => results.get(run) ?? run);
}

/** Reports which others a run waits for, if they and the run are still to be published. */
function emitWaiting(
  run: PublisherRun,
  others: readonly PublisherRun[],
  why: string,
  context: RunContext,
): void {
  const ids = others.filter(isToPublish).map(({ id }) => id);
  if (ids.length === 0 || !isToPublish(run)) return;
  void context.emit({ type: 'waiting', ...eventOf(run, 'publish'), for: ids, why });
}

function isToPublish(run: PublisherRun): boolean {
  return run.built !== undefined && !isSettled(run);
}

/** Publishes what consumers see at once. What requires a run that failed is not published. */
async function publishInOrder(
  runs: readonly PublisherRun[],
  context: RunContext,
): Promise<readonly PublisherRun[]> {
  const before = publishedBefore(runs);
  const begun = new Map<PublisherRun, Promise<PublisherRun>>();
  const publish = async (run: PublisherRun): Promise<PublisherRun> => {
    if (run.publisher.visibleOn !== 'publish') return run;
    const first = before.get(run) ?? [];
    // All others are published already.
    const atOnce = first.filter(({ publisher }) => publisher.visibleOn === 'publish');
    emitWaiting(run, atOnce, 'it cannot be installed without them', context);
    const required = await Promise.all(first.map(once));
    const missing = required.find((other) => !isOnRegistry(other));
    if (missing === undefined || isSettled(run)) return publishOne(run, context);
    return withoutRequired(run, missing);
  };
  const once = async (run: PublisherRun): Promise<PublisherRun> => {
    const running = begun.get(run) ?? publish(run);
    begun.set(run, running);
    return running;
  };
  return byRegistry(runs, once);
}

function isOnRegistry(run: PublisherRun): boolean {
  return run.published.length === 0 ? isSettled(run) : run.published.every(isThere);
}

function withoutRequired(run: PublisherRun, missing: PublisherRun): PublisherRun {
  const { coordinates, publisher } = run.plan;
  const name = coordinates[0] === undefined ? publisher : formatCoordinate(coordinates[0]);
  const found = problem({
    code: 'requires-unpublished',
    kind: 'incomplete',
    message: `${name} was not published: nobody can install it without ${missing.id}, which could not be published.`,
    hint: 'Run the same command again: it publishes what is missing, in this order.',
    coordinate: name,
  });
  return withProblems(run, [found]);
}

async function publishOne(run: PublisherRun, context: RunContext): Promise<PublisherRun> {
  const { built, plan, publisher } = run;
  // What another machine built may be published already.
  if (built === undefined || isSettled(run)) return run;
  const say = (message: string): void =>
    void context.emit({ type: 'progress', ...eventOf(run, 'publish'), text: message });
  say(`publishing to ${plan.registry}`);
  const { value, problems } = await runStep(
    {
      run,
      phase: 'publish',
      name: 'publish',
      effect: 'unknown',
      call: async (step) => publisher.publish(plan, built, step),
      problemsIn: (answers) => answers.flatMap((answer) => answer.problem ?? []),
    },
    context,
  );
  // If the publisher threw, we do not know what arrived.
  const published =
    value === undefined ? plan.coordinates.map(inDoubt) : everyOutcome(plan.coordinates, value);
  for (const { coordinate, outcome } of published)
    void context.emit({
      type: 'artifact',
      ...eventOf(run, 'publish'),
      coordinate: formatCoordinate(coordinate),
      outcome,
    });
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
