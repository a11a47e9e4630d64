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
 * names no commit, so it was not published by a release. `conflict`: two registries name different commits.
 */
export type Answer =
  | {
      readonly state: 'known';
      readonly sha: string;
      readonly resolved?: string;
      readonly deprecated?: string;
      /** What is said of the other registries of its publisher, if it has several. */
      readonly notes: readonly string[];
      readonly problems: readonly Problem[];
    }
  | { readonly state: 'conflict'; readonly shas: readonly string[] }
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
    own.map(async (run) => ({
      registry: run.plan.registry,
      ...(await inspectCoordinate(coordinate, run, context)),
    })),
  );
  return combine(coordinate, answers);
}

/** What one registry says of a coordinate; without `value` it did not answer. */
interface RegistryAnswer {
  readonly registry: string;
  readonly value?: readonly Finding[] | undefined;
  readonly problems: readonly Problem[];
}

/** Makes one answer of those of all registries that a definition publishes something to. */
export function combine(coordinate: Coordinate, answers: readonly RegistryAnswer[]): Answer {
  const findings = answers.flatMap(({ value = [] }) => value);
  const problems = answers.flatMap((one) => missing(coordinate, one));
  const withCommit = findings.filter(namesCommit);
  const [first, ...others] = new Set(withCommit.map(({ sha }) => sha));
  if (first !== undefined && others.length > 0)
    return { state: 'conflict', shas: [first, ...others] };
  const [known] = withCommit;
  if (known !== undefined)
    return { ...knownAnswer(known), problems, notes: lackingNotes(coordinate, answers) };
  const [problem] = problems;
  if (problem !== undefined) return { state: 'no-answer', problem };
  const isThere = findings.some(({ state }) => state !== 'absent');
  return { state: isThere ? 'no-commit' : 'not-published' };
}

function missing(coordinate: Coordinate, { problems, value }: RegistryAnswer): readonly Problem[] {
  if (value === undefined) return [problems[0] ?? noAnswer(coordinate)];
  return value.flatMap(({ problem, state }) =>
    state === 'unknown' ? (problem ?? noAnswer(coordinate)) : [],
  );
}

/** Another registry may still lack it, or have it from somebody else. */
function lackingNotes(
  coordinate: Coordinate,
  answers: readonly RegistryAnswer[],
): readonly string[] {
  return answers.flatMap(({ registry, value = [] }) => {
    const isAnswered = value.length > 0 && value.every(({ state }) => state !== 'unknown');
    if (!isAnswered || value.some(namesCommit)) return [];
    const isAbsent = value.every(({ state }) => state === 'absent');
    const what = isAbsent ? 'does not have it' : 'names no commit for it';
    return [`${formatCoordinate(coordinate)}: ${registry} ${what}, another registry does.`];
  });
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

type WithCommit = Finding & { readonly sha: string };

function namesCommit(finding: Finding): finding is WithCommit {
  const { sha, state } = finding;
  return sha !== undefined && state !== 'absent' && state !== 'unknown';
}

function knownAnswer({ deprecated, resolved, sha }: WithCommit) {
  return {
    state: 'known',
    sha,
    ...(resolved === undefined ? {} : { resolved }),
    ...(deprecated === undefined ? {} : { deprecated }),
  } as const;
}
