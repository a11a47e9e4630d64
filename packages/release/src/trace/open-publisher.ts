import { refuseShallow } from '@ameide/publisher-kit/git';
import {
  type Coordinate,
  didYouMean,
  formatCoordinate,
  InvalidInputError,
  type Problem,
} from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import { openDefinition } from '../run/open-definition.ts';
import type { OpenedRuns } from '../run/open-runs.ts';
import type { PublisherRun } from '../run/publisher-run.ts';
import { builds } from './builds.ts';
import type { TraceOptions } from './trace.ts';

/** Opens every publisher for one build of a commit. */
export async function openBuild(
  commit: Commit,
  { definition, repository }: Pick<TraceOptions, 'definition' | 'repository'>,
): Promise<OpenedRuns> {
  return openDefinition(definition, commit, repository);
}

type Options = Pick<TraceOptions, 'definition' | 'repository'>;
type Named = Pick<Coordinate, 'ecosystem' | 'name'>;

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
  artifact: Named,
  named: string,
  options: Options,
): Promise<OpenedPublishers> {
  const head = await openHead(options);
  const runs = head.runs.filter((one) => publishes(one, artifact));
  if (head.commit !== undefined && runs.length > 0) return { commit: head.commit, runs };
  throw unknownCoordinate(artifact, named, head);
}

/**
 * Opens the one publisher that is to write. Throws `InvalidInputError` if there are several and `only`
 * does not select one.
 */
export async function openOnePublisher(
  artifact: Named,
  named: string,
  { only, ...options }: Options & { readonly only?: string },
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

export interface Readers {
  readonly commit: Commit;
  /** One for each registry. */
  readonly runs: readonly PublisherRun[];
  /** The error if none of them finds it: set where the definition does not name it. */
  readonly unnamed?: InvalidInputError;
}

/**
 * Opens who can ask about a coordinate: its publishers at HEAD, else publishers of its ecosystem,
 * because it may be an earlier name of their packages. Throws `InvalidInputError` if there is none.
 */
export async function openReaders(coordinate: Coordinate, options: Options): Promise<Readers> {
  const head = await openHead(options);
  const { commit, runs } = head;
  const own = runs.filter((one) => publishes(one, coordinate));
  if (commit !== undefined && own.length > 0) return { commit, runs: own };
  const unnamed = unknownCoordinate(coordinate, formatCoordinate(coordinate), head);
  const others = runs.filter(({ publisher }) => publisher.canInspect?.(coordinate) === true);
  if (commit === undefined || others.length === 0) throw unnamed;
  const oncePerRegistry = new Map(others.map((run) => [run.plan.registry, run]));
  return { commit, runs: [...oncePerRegistry.values()], unnamed };
}

interface Head {
  /** Undefined if HEAD's version cannot be read. */
  readonly commit: Commit | undefined;
  readonly runs: readonly PublisherRun[];
  /** Why some builds are impossible. */
  readonly notes: readonly string[];
  /** Why some publishers could not be opened. */
  readonly problems: readonly Problem[];
}

/** HEAD, with at least one publisher. */
export type OpenedHead = Head & { readonly commit: Commit };

/** Opens every publisher at HEAD. Throws `InvalidInputError` if none can name its artifact there. */
export async function openRunsAtHead(options: Options): Promise<OpenedHead> {
  const head = await openHead(options);
  const { commit, runs } = head;
  if (commit !== undefined && runs.length > 0) return { ...head, commit };
  const reasons = reasonsOf(head);
  throw new InvalidInputError(
    {
      field: 'HEAD',
      expected: 'a commit at which some artifact of this release can be named',
      ...(reasons.length === 0 ? {} : { hint: reasons.join('; ') }),
    },
    'nothing-to-ask',
  );
}

/** Opens every publisher at HEAD, for the first build that it can have. */
async function openHead(options: Options): Promise<Head> {
  await refuseShallow(options.repository);
  const sha = await options.repository.resolve('HEAD');
  const { commits, notes } = await builds(options.repository, sha, options.definition);
  const [commit] = commits;
  const { runs, problems } =
    commit === undefined ? { runs: [], problems: [] } : await openBuild(commit, options);
  return { commit, runs, notes, problems };
}

/** Why an artifact may not be found at HEAD. */
function reasonsOf({ notes, problems }: Head): readonly string[] {
  return [...notes, ...problems.map(({ message }) => message)];
}

/** True for the run of the publisher of this package, module or image. */
export function publishes({ publisher }: PublisherRun, { ecosystem, name }: Named): boolean {
  return publisher.members.some((one) => one.ecosystem === ecosystem && one.name === name);
}

/**
 * The hint lists the publishers that could not be opened at HEAD, because the artifact may be one
 * of theirs.
 */
function unknownCoordinate(artifact: Named, received: string, head: Head): InvalidInputError {
  const { runs } = head;
  const reasons = reasonsOf(head);
  const names = runs.flatMap(({ publisher }) => publisher.members.map(nameOf));
  const known = [...new Set(names)];
  const meant = didYouMean(nameOf(artifact), known);
  const hint =
    reasons.length === 0
      ? 'If another definition names it, pass --config FILE. If only an older commit names it, run the command in a worktree of that commit: git worktree add.'
      : `Some publishers could not be opened at HEAD: ${reasons.join('; ')}`;
  return new InvalidInputError(
    {
      field: 'coordinate',
      received,
      expected: `an artifact of this release: ${known.join(', ')}`,
      hint: meant === undefined ? hint : `${meant} ${hint}`,
    },
    'unknown-coordinate',
  );
}

function nameOf({ ecosystem, name }: Named): string {
  return `${ecosystem}:${name}`;
}
