import type { Repository } from '@ameide/publisher-kit';
import { findAnswer, formatCoordinate, InvalidInputError } from '@ameide/versioning-core';
import type { ReleaseDefinition } from '../definition/definition.ts';
import { requireOrigin } from '../engine/origin.ts';
import { problemReport } from '../report/shown.ts';
import { EXIT_CODES, statusOf } from '../report/status.ts';
import type { RunContext } from '../run/context.ts';
import type { Listener } from '../run/emitter.ts';
import { entriesOf } from '../run/entries.ts';
import { inObservedContext } from '../run/observed-context.ts';
import { type PublisherRun } from '../run/publisher-run.ts';
import { type ListedRun, listVersions } from '../run/version-lists.ts';
import { type OpenedHead, openRunsAtHead } from '../trace/open-publisher.ts';
import { type Decision, decidePrune, type PruneRules } from './decide.ts';
import type { PrunedVersion, PruneReport } from './prune-report.ts';
import { releasedCommits } from './released-commits.ts';
import { checkRemovals, type RemovedFrom, removeAll } from './remove-builds.ts';

export interface PruneOptions {
  readonly repository: Repository;
  readonly definition: ReleaseDefinition;
  /** How many commits with dev builds to keep, the newest first. */
  readonly keep?: number;
  /** Days: dev builds that were committed or uploaded more recently are kept. */
  readonly youngerThanDays?: number;
  /** The ids of the publishers whose dev builds may be removed. Default, and for an empty list: all. */
  readonly only?: readonly string[];
  /** True to remove. Otherwise the report only shows what would be removed. */
  readonly yes?: boolean;
  /**
   * The address of the repository that this is a clone of. Default: what its remote says. It must be
   * the definition's `repository`, if that is given.
   */
  readonly origin?: string;
  /** Unix seconds. Default: the clock of this machine. */
  readonly now?: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: Listener;
}

const DAY = 86_400;

/**
 * Removes old dev builds from the registries that allow it, by commit across all artifacts. Keeps what
 * a release, a pointer, or a commit that is kept needs. Removes nothing unless every registry was read
 * and allows it. Throws `InvalidInputError` if there is no rule for what to keep.
 */
export async function pruneRelease(options: PruneOptions): Promise<PruneReport> {
  requireRule(options);
  if (options.yes === true)
    await requireOrigin(options.repository, options.definition, options.origin);
  const head = await openRunsAtHead(options);
  const { commit, runs } = head;
  return inObservedContext({ command: 'prune', commit, runs }, options, async (context) =>
    pruneOpened(head, options, context),
  );
}

async function pruneOpened(
  head: OpenedHead,
  options: PruneOptions,
  context: RunContext,
): Promise<PruneReport> {
  const { definition, only = [], repository, yes = false } = options;
  const { tagPrefix } = definition;
  const [lists, tags] = await Promise.all([listVersions(head.runs, context), repository.tags()]);
  const facts = { repository, tags, tagPrefix };
  const entries = await entriesOf(lists, facts);
  const released = await releasedCommits(entries, facts, context);
  const removing = new Set(selected(head.runs, only));
  const decisions = decidePrune(
    { lists, entries, released: released.commits },
    rulesOf(options),
  ).filter(({ entry }) => removing.has(entry.run));
  const toRemove = Map.groupBy(
    decisions.filter(({ keep }) => keep === undefined).map(({ entry }) => entry),
    ({ run }) => run,
  );
  const refusals = await checkRemovals([...toRemove.keys()], context);
  // A list that could not be read may have the release of a commit whose dev builds would be removed.
  const before = [
    ...head.problems.map((one) => ({ problem: one, id: undefined })),
    ...lists.flatMap(({ problems, run }) => problems.map((one) => ({ problem: one, id: run.id }))),
    ...released.problems,
    ...refusals,
  ];
  const isBlocked = before.length > 0;
  const removed = yes && !isBlocked ? await removeAll(toRemove, context) : [];
  const problems = [...before, ...removed.flatMap((one) => one.problems)];
  const status = statusOf(problems.map((one) => one.problem));
  return {
    schema: 'ameide-release/prune/1',
    status,
    exitCode: EXIT_CODES[status],
    isPlan: !yes,
    versions: decisions
      .toSorted((a, b) => b.entry.time - a.entry.time)
      .map((decision) => prunedVersion(decision, removed)),
    problems: problems.map((one) => problemReport(one.problem, one.id)),
    notes: [...head.notes, ...notesOf(lists, removing)],
  };
}

function requireRule({ keep, now, youngerThanDays }: PruneOptions): void {
  requireNumber('keep', keep, 'a whole number, 0 or more', Number.isInteger);
  requireNumber('youngerThanDays', youngerThanDays, 'days, 0 or more');
  requireNumber('now', now, 'a time in Unix seconds');
  if (keep !== undefined || youngerThanDays !== undefined) return;
  throw new InvalidInputError(
    {
      field: 'keep',
      expected: 'a rule for what to keep: --keep NUMBER, --younger-than DAYS, or both',
      hint: 'For example --keep 20 --younger-than 30 keeps what at least one of the two rules keeps.',
    },
    'prune-rule-missing',
  );
}

/** With NaN, as a variable that is not set gives it, nothing would stay. */
function requireNumber(
  field: string,
  value: number | undefined,
  expected: string,
  isOne: (value: number) => boolean = Number.isFinite,
): void {
  if (value === undefined || (isOne(value) && value >= 0)) return;
  throw new InvalidInputError({ field, received: String(value), expected });
}

function rulesOf({ keep, now, youngerThanDays }: PruneOptions): PruneRules {
  const time = now ?? Date.now() / 1000;
  return {
    keep,
    youngerThan: youngerThanDays === undefined ? undefined : time - youngerThanDays * DAY,
  };
}

function selected(runs: readonly PublisherRun[], only: readonly string[]): readonly PublisherRun[] {
  const able = runs.filter(({ publisher }) => publisher.remove !== undefined);
  const unknown = only.find((id) => !able.some((run) => run.id === id));
  if (unknown === undefined) return able.filter(({ id }) => only.length === 0 || only.includes(id));
  throw new InvalidInputError(
    {
      field: 'only',
      received: unknown,
      expected: `one of the artifacts whose dev builds can be removed: ${able.map(({ id }) => id).join(', ')}`,
    },
    'unknown-publisher',
  );
}

function prunedVersion({ entry, keep }: Decision, removed: readonly RemovedFrom[]): PrunedVersion {
  const { listed, run, sha, time } = entry;
  const { coordinate } = listed;
  const answers = removed.find((one) => one.run === run)?.answers ?? [];
  const answer = keep === undefined ? findAnswer(coordinate, answers) : undefined;
  return {
    publisher: run.id,
    ecosystem: coordinate.ecosystem,
    registry: run.plan.registry,
    coordinate: formatCoordinate(coordinate),
    ...(sha === undefined ? {} : { sha }),
    ...(time === 0 ? {} : { datetime: `${new Date(time * 1000).toISOString().slice(0, 19)}Z` }),
    action: keep === undefined ? 'remove' : 'keep',
    ...(keep === undefined ? {} : { reason: keep }),
    ...(answer === undefined ? {} : { outcome: answer.outcome }),
    ...(answer?.reason === undefined ? {} : { explanation: answer.reason }),
  };
}

function notesOf(
  lists: readonly ListedRun[],
  removing: ReadonlySet<PublisherRun>,
): readonly string[] {
  return lists
    .filter(({ run }) => !removing.has(run) && run.publisher.remove === undefined)
    .map(({ run }) => `${run.id} is left alone: prune cannot remove versions from its registry.`);
}
