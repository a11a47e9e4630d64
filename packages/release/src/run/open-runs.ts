import {
  InvalidInputError,
  inputProblem,
  type Problem,
  type Publisher,
  type PublisherDefinition,
  type Release,
} from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import { createRelease } from './create-release.ts';
import { createRun, type PublisherRun, requiredBy } from './publisher-run.ts';
import { duplicates, selects, selectsRun, sharedTokens, unknownIds, withIds } from './run-ids.ts';
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
  const planned = publishers
    .filter((publisher) => selects(only, publisher))
    .map((publisher) => planOne(publisher, release));
  const named = withIds(
    planned.flatMap(({ run }) => run ?? []),
    publishers,
  );
  const runs = named.filter((run) => selectsRun(only, run));
  const others = publishers.filter((publisher) => !selects(only, publisher));
  // The id of a publisher that could not be opened or planned is not known: `only` may mean it.
  const areAllNamed =
    publishers.length === definitions.length && planned.every(({ run }) => run !== undefined);
  return {
    runs,
    required: requiredRuns(runs, others, release),
    problems: [
      ...opened.flatMap(({ problems }) => problems),
      ...duplicates(named, publishers),
      ...sharedTokens(publishers),
      ...(areAllNamed ? unknownIds(only, named, publishers) : []),
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
  if (runs.every(({ plan }) => (plan.requires ?? []).length === 0)) return [];
  // A publisher that cannot be planned is not part of this release, so it does not stop it.
  const left = others.flatMap((publisher) => planOne(publisher, release).run ?? []);
  return [...new Set(runs.flatMap((run) => requiredBy(run, left)))];
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
