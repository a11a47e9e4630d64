import { settleAll } from '@ameide/publisher-kit';
import {
  type Coordinate,
  formatCoordinate,
  isOurs,
  type Problem,
  problem,
} from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import { markWord } from '../run/marks.ts';
import { type PublisherRun, statesOf } from '../run/publisher-run.ts';
import { listOne } from '../run/version-lists.ts';

/** What the registries say against a release. */
export interface Marks {
  /** To follow "is withdrawn:". Empty if no registry has a mark on it. */
  readonly withdrawn: readonly string[];
  /** Why it is not known whether a registry has one: that is not the same as none. */
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/**
 * Reads the marks on the artifacts of a release: deprecated (npm), yanked (PEP 592), retracted (Go). Images have none, so
 * one mark counts for the whole release, as where pointers move.
 */
export async function readMarks(
  runs: readonly PublisherRun[],
  context: RunContext,
): Promise<Marks> {
  const all = await settleAll(runs.map(async (run) => marksOf(run, context)));
  return {
    withdrawn: all.flatMap(({ withdrawn }) => withdrawn),
    problems: all.flatMap(({ problems }) => problems),
    notes: all.flatMap(({ notes }) => notes),
  };
}

async function marksOf(run: PublisherRun, context: RunContext): Promise<Marks> {
  const deprecated = run.findings.flatMap(({ coordinate, deprecated }) =>
    deprecated === undefined
      ? []
      : [`${formatCoordinate(coordinate)} is deprecated ("${deprecated}")`],
  );
  // npm says it with each version, and the others only in their lists. What is not there has no mark.
  const listed = run.findings
    .filter((finding) => statesOf(finding).every(isOurs))
    .map(({ coordinate }) => coordinate)
    .filter(({ ecosystem }) => ecosystem === 'pypi' || ecosystem === 'go');
  if (listed.length === 0) return { withdrawn: deprecated, problems: [], notes: [] };
  if (run.publisher.versions === undefined) {
    const note = `${run.id} cannot list versions, so it is not known whether the release is withdrawn there.`;
    return { withdrawn: deprecated, problems: [], notes: [note] };
  }
  const { list, problems } = await listOne(run, context, { withdrawn: true });
  if (list === undefined) return { withdrawn: deprecated, problems, notes: [] };
  const answers = listed.map((coordinate) => ({
    coordinate,
    found: list.versions.find(
      (one) => formatCoordinate(one.coordinate) === formatCoordinate(coordinate),
    ),
  }));
  return {
    withdrawn: [
      ...deprecated,
      ...answers.flatMap(({ coordinate, found }) =>
        found?.isWithdrawn === true
          ? [`${formatCoordinate(coordinate)} is ${markWord({ coordinate })}`]
          : [],
      ),
    ],
    problems: [
      ...problems,
      ...answers.flatMap(({ coordinate, found }) =>
        found === undefined && list.isPartial !== true ? [notListed(coordinate)] : [],
      ),
    ],
    notes: [],
  };
}

function notListed(coordinate: Coordinate): Problem {
  const name = formatCoordinate(coordinate);
  return problem({
    code: 'consume-not-listed',
    kind: 'incomplete',
    message: `The registry has ${name}, and its list of versions does not: whether it is withdrawn is not known.`,
    hint: 'Nothing was written. Run the same command again when the list shows it.',
    coordinate: name,
  });
}

/** Nobody is sent to what is withdrawn, unless they say that they know. */
export function isWithdrawnProblem(message: string): Problem {
  return problem({
    code: 'consume-withdrawn',
    kind: 'policy',
    message,
    hint: 'Nothing was written. Name another release with --version. To take this one all the same, add --allow-withdrawn.',
  });
}
