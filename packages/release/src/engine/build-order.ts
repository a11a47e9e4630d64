import {
  type Coordinate,
  failed,
  formatCoordinate,
  type Problem,
  problem,
  type RequiredArtifact,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import { eventOf, isSettled, type PublisherRun, requiredBy, runsOf } from '../run/publisher-run.ts';
import { runStep } from '../run/run-step.ts';

/**
 * Sorts runs so that each comes after those whose artifacts it requires, and otherwise keeps their
 * order. Members of a cycle keep it, too: npm packages may require each other.
 */
export function requiredFirst(runs: readonly PublisherRun[]): readonly PublisherRun[] {
  const sorted = new Set<PublisherRun>();
  const begun = new Set<PublisherRun>();
  const add = (run: PublisherRun): void => {
    if (begun.has(run)) return;
    begun.add(run);
    for (const other of requiredBy(run, runs)) add(other);
    sorted.add(run);
  };
  for (const run of runs) add(run);
  return [...sorted];
}

/** Returns those of `others` that the runs require, directly or through others. */
export function requiredRuns(
  runs: readonly PublisherRun[],
  others: readonly PublisherRun[],
): readonly PublisherRun[] {
  const found = new Set(runs.flatMap((run) => requiredBy(run, others)));
  // A set's iteration also visits what is added during it.
  for (const one of found) for (const next of requiredBy(one, others)) found.add(next);
  return [...found];
}

/** The builds of one release, which may ask for each other's artifacts. */
export interface Builds {
  /** Remembers a build that has begun. */
  readonly begin: (run: PublisherRun, build: Promise<PublisherRun>) => void;
  /** `Step.resolve` of the run's build. It never waits for a run that comes later in the order. */
  readonly resolveFor: (run: PublisherRun) => Step['resolve'];
}

/** `others` are runs that are not built, and whose artifacts are published already. */
export function createBuilds(
  ordered: readonly PublisherRun[],
  others: readonly PublisherRun[],
  context: RunContext,
): Builds {
  const begun = new Map<PublisherRun, Promise<PublisherRun>>();
  const described = new Map<PublisherRun, Promise<Result<RequiredArtifact>>>();
  const describe = async (
    run: PublisherRun,
    question: Question,
  ): Promise<Result<RequiredArtifact>> => {
    const built = await (begun.get(run) ?? run);
    return begun.has(run) && built.built === undefined && !isSettled(built)
      ? failed(unbuilt(question, 'its own build failed'))
      : describeOne(built, question, context);
  };
  return {
    begin: (run, build) => void begun.set(run, build),
    resolveFor: (asking) => async (coordinate) => {
      const question = { asking, coordinate };
      const earlier = ordered.slice(0, ordered.indexOf(asking));
      const [run] = runsOf(coordinate, [...earlier, ...others]);
      if (run === undefined) {
        const isLater = runsOf(coordinate, ordered).length > 0;
        const why = isLater ? 'the two require each other' : 'no publisher of this release has it';
        return failed(unbuilt(question, why));
      }
      // Two steps of one publisher at once would share its workspace.
      if (begun.has(run))
        void context.emit({
          type: 'waiting',
          ...eventOf(asking, 'build'),
          for: [run.id],
          why: 'it needs the checksums of its build',
        });
      const answer = described.get(run) ?? describe(run, question);
      described.set(run, answer);
      return answer;
    },
  };
}

interface Question {
  readonly asking: PublisherRun;
  readonly coordinate: Coordinate;
}

async function describeOne(
  run: PublisherRun,
  question: Question,
  context: RunContext,
): Promise<Result<RequiredArtifact>> {
  const { built, plan, publisher } = run;
  const { value, problems } = await runStep(
    {
      run,
      phase: 'build',
      name: 'describe its artifact',
      effect: 'none',
      call: async (step) =>
        publisher.describe?.(built === undefined ? { plan } : { plan, built }, step),
    },
    context,
  );
  const [first, ...more] = problems;
  if (first !== undefined) return failed(first, ...more);
  return value ?? failed(unbuilt(question, `${run.id} cannot describe it`));
}

function unbuilt({ asking, coordinate }: Question, why: string): Problem {
  return problem({
    code: 'requires-unbuilt',
    kind: 'incomplete',
    message: `${asking.id} was not built, because it needs the version and the checksums of ${formatCoordinate(coordinate)}: ${why}.`,
    coordinate: formatCoordinate(coordinate),
  });
}
