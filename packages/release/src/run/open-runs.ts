import {
  didYouMean,
  InvalidInputError,
  inputProblem,
  type Problem,
  type Publisher,
  type PublisherDefinition,
  type Release,
} from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import { createRelease } from './create-release.ts';
import { createRun, type PublisherRun, runsOf } from './publisher-run.ts';
import { publisherFailed } from './run-step.ts';

export interface OpenedRuns {
  /** The runs that could be opened and planned. */
  readonly runs: readonly PublisherRun[];
  /** The runs that `only` leaves out although the others require them. */
  readonly required: readonly PublisherRun[];
  /** All wrong inputs of all publishers. Nothing was sent. */
  readonly problems: readonly Problem[];
}

export interface OpenOptions {
  /** The ids of the publishers to run. Default, also for an empty list: all. */
  readonly only?: readonly string[];
  /** The source repository's https URL, if known. */
  readonly repositoryUrl?: string | undefined;
}

/** Opens every definition at the commit and makes every plan. Asks no registry. */
export async function openRuns(
  definitions: readonly PublisherDefinition[],
  commit: Commit,
  { only = [], repositoryUrl }: OpenOptions = {},
): Promise<OpenedRuns> {
  const opened = await Promise.all(definitions.map(async (one) => openOne(one, commit)));
  const publishers = opened.flatMap(({ publisher }) => publisher ?? []);
  const members = publishers.flatMap((publisher) => publisher.members);
  const release = createRelease(commit, members, repositoryUrl);
  const isWanted = ({ id }: Publisher): boolean => only.length === 0 || only.includes(id);
  const planned = publishers.filter(isWanted).map((publisher) => planOne(publisher, release));
  const runs = planned.flatMap(({ run }) => run ?? []);
  const others = publishers.filter((publisher) => !isWanted(publisher));
  // A publisher that could not be opened has no known id, so `only` may mean it.
  const areAllOpen = publishers.length === definitions.length;
  return {
    runs,
    required: requiredRuns(runs, others, release),
    problems: [
      ...opened.flatMap(({ problems }) => problems),
      ...duplicateIds(publishers),
      ...(areAllOpen ? unknownIds(publishers, only) : []),
      ...planned.flatMap(({ problems }) => problems),
    ],
  };
}

/**
 * Returns those publishers that `only` leaves out, but whose artifacts a run needs to be installed.
 */
function requiredRuns(
  runs: readonly PublisherRun[],
  others: readonly Publisher[],
  release: Release,
): readonly PublisherRun[] {
  const required = runs.flatMap(({ plan }) => plan.requires ?? []);
  if (required.length === 0) return [];
  // A publisher that cannot be planned is not part of this release, so it does not stop it.
  return runsOf(
    required,
    others.flatMap((publisher) => planOne(publisher, release).run ?? []),
  );
}

async function openOne(
  definition: PublisherDefinition,
  commit: Commit,
): Promise<{ readonly publisher?: Publisher; readonly problems: readonly Problem[] }> {
  try {
    return { publisher: await definition.open(commit.source), problems: [] };
  } catch (error) {
    return { problems: [openingProblem(definition.label, 'be opened', error)] };
  }
}

function planOne(
  publisher: Publisher,
  release: Release,
): { readonly run?: PublisherRun; readonly problems: readonly Problem[] } {
  try {
    return { run: createRun(publisher, publisher.plan(release)), problems: [] };
  } catch (error) {
    return { problems: [openingProblem(publisher.id, 'plan', error)] };
  }
}

function openingProblem(name: string, verb: string, error: unknown): Problem {
  if (!(error instanceof InvalidInputError))
    return publisherFailed(`${name} failed to ${verb}`, 'none', error);
  return inputProblem(error, { message: `${name}: ${error.message}` });
}

function duplicateIds(publishers: readonly Publisher[]): Problem[] {
  const ids = publishers.map(({ id }) => id);
  const repeated = ids.filter((id, index) => ids.indexOf(id) !== index);
  return repeated.map((received) => {
    const input = { field: 'publishers', received, expected: 'each artifact once' };
    return inputProblem(new InvalidInputError(input, 'duplicate-publisher'));
  });
}

function unknownIds(publishers: readonly Publisher[], only: readonly string[]): Problem[] {
  const known = publishers.map(({ id }) => id);
  const unknown = only.filter((id) => !known.includes(id));
  return unknown.map((received) => {
    const hint = didYouMean(received, known);
    const expected = `one of ${known.join(', ')}`;
    const input = { field: 'only', received, expected, ...(hint === undefined ? {} : { hint }) };
    return inputProblem(new InvalidInputError(input, 'unknown-publisher'));
  });
}
