import { settleAll } from '@ameide/publisher-kit';
import {
  type Coordinate,
  formatCoordinate,
  type Problem,
  type ProblemInput,
  problem,
} from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import { findingProblems } from '../run/findings.ts';
import { isSettled, type PublisherRun, requiredBy, withProblems } from '../run/publisher-run.ts';
import { readRegistry } from '../run/read-registry.ts';

/**
 * Checks that everything the runs require from the others is published. If it is not, or we do not
 * know, the run that requires it gets a problem. `arePublishedApart`: other jobs publish the others.
 */
export async function checkRequirements(
  runs: readonly PublisherRun[],
  others: readonly PublisherRun[],
  context: RunContext,
  arePublishedApart = false,
): Promise<readonly PublisherRun[]> {
  const required = new Set(runs.flatMap((run) => requiredBy(run, others)));
  const asked = await settleAll([...required].map(async (other) => readRegistry(other, context)));
  return runs.map((run) =>
    withProblems(
      run,
      requiredBy(run, asked).flatMap((other) => obstacles(run, other, arePublishedApart)),
    ),
  );
}

/**
 * Checks, for one part of a release with `holdPointers`, that what is visible at once comes last:
 * everything else of the release must be on its registry. What only a pointer makes visible may come
 * in any order, because the pointers move last.
 */
export async function checkVisibleLast(
  runs: readonly PublisherRun[],
  others: readonly PublisherRun[],
  context: RunContext,
): Promise<readonly PublisherRun[]> {
  const last = runs.filter((run) => run.publisher.visibleOn === 'publish' && !isSettled(run));
  if (last.length === 0) return runs;
  const first = others.filter(({ publisher }) => publisher.visibleOn === 'promote');
  const asked = await settleAll(first.map(async (other) => readRegistry(other, context)));
  const missing = asked.filter((other) => other.problems.length > 0 || !isSettled(other));
  const required = await checkRequirements(last, others, context, true);
  return runs.map((run) => {
    const held = required[last.indexOf(run)];
    if (held === undefined || missing.length === 0) return held ?? run;
    return withProblems(held, [
      ...missing.flatMap(({ problems }) => problems),
      tooEarly(run, missing),
    ]);
  });
}

function tooEarly({ plan }: PublisherRun, missing: readonly PublisherRun[]): Problem {
  const [own] = plan.coordinates;
  const name = own === undefined ? plan.publisher : formatCoordinate(own);
  const names = missing.map(({ id }) => id).join(', ');
  return problem({
    code: 'published-too-early',
    kind: 'incomplete',
    message: `${name} is visible to everybody as soon as it is published, and of this release this is not published yet: ${names}.`,
    coordinate: name,
    hint: 'Publish that first, then run the same command again.',
    rerun: 'safe',
  });
}

/** Returns why nobody could install a run's artifacts with what the other run's registry has. */
function obstacles(run: PublisherRun, other: PublisherRun, isApart: boolean): Problem[] {
  const names = new Set((run.plan.requires ?? []).map(nameOf));
  const isRequired = (coordinate: Coordinate): boolean => names.has(nameOf(coordinate));
  return [
    ...other.problems,
    ...other.findings
      .filter(({ coordinate }) => isRequired(coordinate))
      .flatMap((finding) =>
        finding.state === 'absent'
          ? [notPublished(run, finding.coordinate, isApart ? afterIt(other) : together(other))]
          : findingProblems(finding),
      ),
  ];
}

type Advice = Pick<ProblemInput, 'hint' | 'rerun'>;

function together({ id }: PublisherRun): Advice {
  return { hint: `Publish both: add --only ${id}, or leave --only out.`, rerun: 'after-fix' };
}

function afterIt({ id }: PublisherRun): Advice {
  return { hint: `Publish ${id} first, then run the same command again.`, rerun: 'safe' };
}

function notPublished({ plan }: PublisherRun, required: Coordinate, advice: Advice): Problem {
  const [own] = plan.coordinates;
  const name = own === undefined ? plan.publisher : formatCoordinate(own);
  return problem({
    code: 'requires-unpublished',
    kind: 'incomplete',
    message: `${name} cannot be installed without ${formatCoordinate(required)}, which is not part of this run and not on its registry.`,
    coordinate: name,
    ...advice,
  });
}

function nameOf({ ecosystem, name }: Coordinate): string {
  return `${ecosystem}:${name}`;
}
