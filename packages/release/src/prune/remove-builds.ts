import { inParallel } from '@ameide/publisher-kit';
import {
  findAnswer,
  formatCoordinate,
  type Problem,
  problem,
  type Removed,
} from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import type { Entry } from '../run/entries.ts';
import { eventOf, type PublisherRun } from '../run/publisher-run.ts';
import { runStep } from '../run/run-step.ts';

export interface OwnProblem {
  readonly problem: Problem;
  readonly id: string | undefined;
}

/** Asks, before anything is removed, whether every registry allows it. */
export async function checkRemovals(
  runs: readonly PublisherRun[],
  context: RunContext,
): Promise<readonly OwnProblem[]> {
  const found = await inParallel(runs, async (run) => {
    const { value = [], problems } = await runStep(
      {
        run,
        phase: 'check',
        effect: 'none',
        name: 'check whether dev builds can be removed',
        call: async (step) => run.publisher.checkRemoval?.(run.plan, step),
      },
      context,
    );
    return [...problems, ...value].map((one) => ({ problem: one, id: run.id }));
  });
  return found.flat();
}

export interface RemovedFrom {
  readonly run: PublisherRun;
  readonly answers: readonly Removed[];
  readonly problems: readonly OwnProblem[];
}

/** Removes the dev builds of all publishers, several publishers at once. */
export async function removeAll(
  toRemove: ReadonlyMap<PublisherRun, readonly Entry[]>,
  context: RunContext,
): Promise<readonly RemovedFrom[]> {
  return inParallel([...toRemove], async ([run, entries]) => removeFrom(run, entries, context));
}

async function removeFrom(
  run: PublisherRun,
  entries: readonly Entry[],
  context: RunContext,
): Promise<RemovedFrom> {
  const coordinates = entries.map(({ listed }) => listed.coordinate);
  const text = `removing ${coordinates.length} dev builds from ${run.plan.registry}`;
  void context.emit({ type: 'progress', ...eventOf(run, 'prune'), text });
  const { value, problems } = await runStep(
    {
      run,
      phase: 'prune',
      effect: 'unknown',
      name: 'remove dev builds',
      call: async (step) => run.publisher.remove?.(run.plan, coordinates, step),
    },
    context,
  );
  // If the publisher threw, it is not known what it has removed.
  const answers = coordinates.map(
    (coordinate): Removed =>
      findAnswer(coordinate, value ?? []) ?? { coordinate, outcome: 'unknown' },
  );
  for (const { coordinate, outcome } of answers)
    void context.emit({
      type: 'artifact',
      ...eventOf(run, 'prune'),
      coordinate: formatCoordinate(coordinate),
      outcome,
    });
  const unexplained = value === undefined ? [] : answers.filter(isUnexplained).map(notRemoved);
  const own = [...problems, ...answers.flatMap((one) => one.problem ?? []), ...unexplained];
  return { run, answers, problems: own.map((one) => ({ problem: one, id: run.id })) };
}

function isUnexplained(answer: Removed): boolean {
  const isDone = answer.outcome === 'removed' || answer.outcome === 'gone';
  return !isDone && answer.outcome !== 'kept' && answer.problem === undefined;
}

function notRemoved({ coordinate, outcome }: Removed): Problem {
  const name = formatCoordinate(coordinate);
  return problem({
    code: 'not-removed',
    kind: outcome === 'unknown' ? 'unknown' : 'incomplete',
    message:
      outcome === 'unknown'
        ? `It is not known whether ${name} was removed.`
        : `${name} was not removed, or only in part; no reason was reported.`,
    hint: 'Run the same command again: it reads the registry first.',
    coordinate: name,
    effect: 'unknown',
  });
}
