import {
  didYouMean,
  InvalidInputError,
  type Member,
  type Problem,
  type Publisher,
  type PublisherDefinition,
  type Release,
} from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import { inputProblem, publisherFailed } from './guard.ts';
import { createLane, type Lane } from './lane.ts';
import { neededBy } from './requirements.ts';

export interface Opened {
  /** Of those that could be opened and planned. */
  readonly lanes: readonly Lane[];
  /** Those that `only` leaves out, and that the others require. */
  readonly needed: readonly Lane[];
  /** Every wrong input of every publisher, at once. Nothing was sent. */
  readonly problems: readonly Problem[];
}

/**
 * Opens every definition at the commit and makes every plan. No registry is asked. `only` keeps the
 * named publishers.
 */
export async function openLanes(
  definitions: readonly PublisherDefinition[],
  commit: Commit,
  options: { readonly only?: readonly string[]; readonly repository?: string } = {},
): Promise<Opened> {
  const problems: Problem[] = [];
  const opened = await Promise.all(
    definitions.map((definition) => openOne(definition, commit, problems)),
  );
  const publishers = opened.filter((publisher) => publisher !== undefined);
  problems.push(...duplicateIds(publishers));
  // The id of one that could not be opened is not known, so that it cannot be said to be unknown.
  if (publishers.length === definitions.length)
    problems.push(...unknownIds(publishers, options.only ?? []));

  const release = releaseOf(
    commit,
    publishers.flatMap((publisher) => publisher.members),
    options.repository,
  );
  const wanted = publishers.filter(
    (publisher) =>
      options.only === undefined ||
      options.only.length === 0 ||
      options.only.includes(publisher.id),
  );
  const lanes = wanted.flatMap((publisher) => planOne(publisher, release, problems));
  return { lanes, needed: leftOutAndNeeded(lanes, publishers, release), problems };
}

function leftOutAndNeeded(
  lanes: readonly Lane[],
  publishers: readonly Publisher[],
  release: Release,
): Lane[] {
  if (lanes.every(({ plan }) => plan.requires === undefined)) return [];
  const leftOut = publishers.filter((publisher) =>
    lanes.every((lane) => lane.publisher !== publisher),
  );
  // What cannot be planned is no obstacle: it is not part of this run.
  return neededBy(
    lanes,
    leftOut.flatMap((publisher) => planOne(publisher, release, [])),
  );
}

/** What every publisher's `plan` is given. */
function releaseOf(
  commit: Commit,
  members: readonly Member[],
  repository: string | undefined,
): Release {
  return Object.freeze({
    canonical: commit.canonical,
    channel: commit.channel,
    versions: commit.versions,
    members,
    ...(repository === undefined ? {} : { repository }),
  });
}

async function openOne(
  definition: PublisherDefinition,
  commit: Commit,
  problems: Problem[],
): Promise<Publisher | undefined> {
  try {
    return await definition.open(commit.source);
  } catch (error) {
    problems.push(openingProblem(definition.label, 'be opened', error));
    return undefined;
  }
}

function planOne(publisher: Publisher, release: Release, problems: Problem[]): Lane[] {
  try {
    return [createLane(publisher, publisher.plan(release))];
  } catch (error) {
    problems.push(openingProblem(publisher.id, 'plan', error));
    return [];
  }
}

function openingProblem(name: string, verb: string, error: unknown): Problem {
  if (!(error instanceof InvalidInputError))
    return publisherFailed(`${name} failed to ${verb}`, 'none', error);
  const problem = inputProblem(error);
  return { ...problem, message: `${name}: ${problem.message}` };
}

function duplicateIds(publishers: readonly Publisher[]): Problem[] {
  const seen = new Set<string>();
  return publishers.flatMap(({ id }) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [
      inputProblem(
        new InvalidInputError(
          { field: 'publishers', received: id, expected: 'each artifact once' },
          'duplicate-publisher',
        ),
      ),
    ];
  });
}

function unknownIds(publishers: readonly Publisher[], only: readonly string[]): Problem[] {
  const known = publishers.map((publisher) => publisher.id);
  return only
    .filter((id) => !known.includes(id))
    .map((id) => {
      const hint = didYouMean(id, known);
      const expected = `one of ${known.join(', ')}`;
      const input = {
        field: 'only',
        received: id,
        expected,
        ...(hint === undefined ? {} : { hint }),
      };
      return inputProblem(new InvalidInputError(input, 'unknown-publisher'));
    });
}
