import { inParallel } from '@ameide/publisher-kit';
import {
  type Coordinate,
  type Finding,
  formatCoordinate,
  InvalidInputError,
  type Problem,
  parseCoordinate,
} from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import { noAnswer } from '../run/findings.ts';
import type { PublisherRun } from '../run/publisher-run.ts';
import { inspectCoordinate } from '../run/read-registry.ts';
import { publishes } from '../trace/open-publisher.ts';

/**
 * What the registries say of one coordinate. `not-published`: nobody published it. `no-commit`: it is there and
 * names no commit, so it was not published by a release.
 */
export type Answer =
  | {
      readonly state: 'known';
      readonly sha: string;
      readonly resolved?: string;
      readonly deprecated?: string;
    }
  | { readonly state: 'not-published' | 'no-commit' }
  | { readonly state: 'no-answer'; readonly problem: Problem };

/** Asks about each coordinate once, all at the same time. */
export async function askAll(
  coordinates: readonly Coordinate[],
  runs: readonly PublisherRun[],
  context: RunContext,
): Promise<ReadonlyMap<string, Answer>> {
  const distinct = new Map(coordinates.map((one) => [formatCoordinate(one), one]));
  const answers = await inParallel(
    [...distinct],
    async ([key, one]) => [key, await ask(one, runs, context)] as const,
  );
  return new Map(answers);
}

async function ask(
  coordinate: Coordinate,
  runs: readonly PublisherRun[],
  context: RunContext,
): Promise<Answer> {
  if (!isPossible(coordinate)) return { state: 'not-published' };
  const own = runs.filter((one) => publishes(one, coordinate));
  const answers = await Promise.all(
    own.map(async (run) => inspectCoordinate(coordinate, run, context)),
  );
  const findings = answers.flatMap(({ value = [] }) => value);
  const [known] = findings.flatMap(knownAnswer);
  if (known !== undefined) return known;
  const [failed] = answers.flatMap(({ problems, value }) =>
    value === undefined ? (problems[0] ?? noAnswer(coordinate)) : [],
  );
  const unknown = findings.find(({ state }) => state === 'unknown');
  if (failed !== undefined || unknown !== undefined)
    return { state: 'no-answer', problem: failed ?? unknown?.problem ?? noAnswer(coordinate) };
  const isThere = findings.some(({ state }) => state !== 'absent');
  return { state: isThere ? 'no-commit' : 'not-published' };
}

/** A lockfile may hold anything. */
function isPossible(coordinate: Coordinate): boolean {
  try {
    parseCoordinate(formatCoordinate(coordinate));
    return true;
  } catch (error) {
    if (error instanceof InvalidInputError) return false;
    throw error;
  }
}

function knownAnswer({ deprecated, resolved, sha, state }: Finding): readonly Answer[] {
  if (sha === undefined || state === 'absent' || state === 'unknown') return [];
  return [
    {
      state: 'known',
      sha,
      ...(resolved === undefined ? {} : { resolved }),
      ...(deprecated === undefined ? {} : { deprecated }),
    },
  ];
}
