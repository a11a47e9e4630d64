import {
  InvalidInputError,
  inputProblem,
  type Problem,
  type Publisher,
  type PublisherDefinition,
  type Release,
  type Signing,
} from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import { createRelease } from './create-release.ts';
import { createRun, type PublisherRun } from './publisher-run.ts';
import { duplicates, selects, selectsRun, sharedTokens, unknownIds, withIds } from './run-ids.ts';
import { publisherFailed } from './run-step.ts';

export interface OpenedRuns {
  /** The runs that could be opened and planned. */
  readonly runs: readonly PublisherRun[];
  /** The runs that `only` leaves out, as far as they can be planned. */
  readonly others: readonly PublisherRun[];
  /** All wrong inputs of all publishers. Nothing was sent. */
  readonly problems: readonly Problem[];
}

export interface OpenOptions {
  /** The ids of the publishers to run. Default, also for an empty list: all. */
  readonly only?: readonly string[];
  /** The source repository's https URL, if known. */
  readonly repositoryUrl?: string | undefined;
  /** How it signs. */
  readonly signing?: Signing;
  /** True if the release has programs that prepare the checkout. Default false. */
  readonly prepares?: boolean;
}

/** Opens every definition at the commit and makes every plan. Asks no registry. */
export async function openRuns(
  definitions: readonly PublisherDefinition[],
  commit: Commit,
  { only = [], prepares = false, repositoryUrl, signing }: OpenOptions = {},
): Promise<OpenedRuns> {
  const opened = await Promise.all(definitions.map(async (one) => openOne(one, commit)));
  const publishers = opened.flatMap(({ publisher }) => publisher ?? []);
  const members = publishers.flatMap((publisher) => publisher.members);
  const release = createRelease(commit, members, repositoryUrl, signing);
  const all = publishers.map((publisher) => ({
    publisher,
    ...planOne(publisher, release, prepares),
  }));
  const planned = all.filter(({ publisher }) => selects(only, publisher));
  const runsOf = (some: typeof all): readonly PublisherRun[] =>
    withIds(
      some.flatMap(({ run }) => run ?? []),
      publishers,
    );
  const named = runsOf(planned);
  const runs = named.filter((run) => selectsRun(only, run));
  // The id of a publisher that could not be opened or planned is not known: `only` may mean it.
  const areAllNamed =
    publishers.length === definitions.length && planned.every(({ run }) => run !== undefined);
  return {
    runs,
    // A publisher that cannot be planned is not part of this release, so it does not stop it.
    others: runsOf(all).filter((run) => !selectsRun(only, run)),
    problems: [
      ...opened.flatMap(({ problems }) => problems),
      ...duplicates(named, publishers),
      ...sharedTokens(publishers),
      ...(areAllNamed ? unknownIds(only, named, publishers) : []),
      ...planned.flatMap(({ problems }) => problems),
    ],
  };
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
  prepares: boolean,
): { readonly run?: PublisherRun; readonly problems: readonly Problem[] } {
  try {
    return { run: createRun(publisher, publisher.plan(release), prepares), problems: [] };
  } catch (error) {
    return { problems: [openingProblem(publisher.id, 'plan', error)] };
  }
}

function openingProblem(name: string, verb: string, error: unknown): Problem {
  if (!(error instanceof InvalidInputError))
    return publisherFailed(`${name} failed to ${verb}`, 'none', error);
  return inputProblem(error, { message: `${name}: ${error.message}` });
}
