import { refuseShallow } from '@ameide/publisher-kit/git';
import { type Coordinate, InvalidInputError } from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import { publishersOf } from '../definition/definition.ts';
import { type OpenedRuns, openRuns } from '../run/open-runs.ts';
import type { PublisherRun } from '../run/publisher-run.ts';
import { builds } from './builds.ts';
import type { TraceOptions } from './trace.ts';

/** Opens every publisher for one build of a commit. */
export async function openBuild(
  commit: Commit,
  { definition, repository }: Pick<TraceOptions, 'definition' | 'repository'>,
): Promise<OpenedRuns> {
  const repositoryUrl = definition.repository ?? (await repository.remoteUrl());
  return openRuns(publishersOf(definition), commit, { repositoryUrl });
}

export interface OpenedPublishers {
  readonly commit: Commit;
  /** At least one; several for a package that the release publishes to several registries. */
  readonly runs: readonly PublisherRun[];
}

/**
 * Opens the publishers of a package, module or image at HEAD. `named` is how the user wrote it.
 * Throws `InvalidInputError` if no publisher of the release knows it.
 */
export async function openPublishers(
  artifact: Pick<Coordinate, 'ecosystem' | 'name'>,
  named: string,
  options: Pick<TraceOptions, 'definition' | 'repository'>,
): Promise<OpenedPublishers> {
  await refuseShallow(options.repository);
  const head = await options.repository.resolve('HEAD');
  const { commits, notes } = await builds(options.repository, head, options.definition);
  const [commit] = commits;
  const { runs, problems } =
    commit === undefined ? { runs: [], problems: [] } : await openBuild(commit, options);
  const known = runs.filter((one) => publishes(one, artifact));
  if (commit !== undefined && known.length > 0) return { commit, runs: known };
  throw unknownCoordinate(named, runs, [...notes, ...problems.map(({ message }) => message)]);
}

/**
 * Opens the one publisher that is to write. Throws `InvalidInputError` if there are several and `only`
 * does not select one.
 */
export async function openOnePublisher(
  artifact: Pick<Coordinate, 'ecosystem' | 'name'>,
  named: string,
  {
    only,
    ...options
  }: Pick<TraceOptions, 'definition' | 'repository'> & { readonly only?: string },
): Promise<{ readonly commit: Commit; readonly run: PublisherRun }> {
  const { commit, runs } = await openPublishers(artifact, named, options);
  const selected = only === undefined ? runs : runs.filter(({ id }) => id === only);
  const [run, ...others] = selected;
  if (run !== undefined && others.length === 0) return { commit, run };
  throw new InvalidInputError(
    {
      field: 'only',
      ...(only === undefined ? {} : { received: only }),
      expected: `the publisher of ${named} at one registry: ${runs.map(({ id }) => id).join(' or ')}`,
      hint: 'Choose one with --only.',
    },
    'registry-not-chosen',
  );
}

/** True for the run of the publisher of this package, module or image. */
export function publishes(
  { publisher }: PublisherRun,
  { ecosystem, name }: Pick<Coordinate, 'ecosystem' | 'name'>,
): boolean {
  return publisher.members.some((one) => one.ecosystem === ecosystem && one.name === name);
}

/**
 * The hint lists the publishers that could not be opened at HEAD, because the artifact may be one
 * of theirs.
 */
function unknownCoordinate(
  received: string,
  runs: readonly PublisherRun[],
  reasons: readonly string[],
): InvalidInputError {
  const known = runs.flatMap(({ publisher }) =>
    publisher.members.map(({ ecosystem, name }) => `${ecosystem}:${name}`),
  );
  const hint = `Some publishers could not be opened at HEAD:  ${reasons.join('; ')}`;
  return new InvalidInputError(
    {
      field: 'coordinate',
      received,
      expected: `an artifact of this release: ${known.join(', ')}`,
      ...(reasons.length === 0 ? {} : { hint }),
    },
    'unknown-coordinate',
  );
}
