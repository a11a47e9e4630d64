import { inParallel, type Repository } from '@ameide/publisher-kit';
import type { PointerFinding } from '@ameide/versioning-core';
import type { ReleaseDefinition } from '../definition/definition.ts';
import type { InventoryReport } from '../inventory/inventory-report.ts';
import { artifactUrl } from '../report/page-url.ts';
import { problemReport } from '../report/shown.ts';
import { EXIT_CODES, statusOf } from '../report/status.ts';
import type { RunContext } from '../run/context.ts';
import type { Listener } from '../run/emitter.ts';
import { type Entry, entriesOf, newest } from '../run/entries.ts';
import { inObservedContext } from '../run/observed-context.ts';
import { type ListedRun, listVersions } from '../run/version-lists.ts';
import { type OpenedHead, openRunsAtHead } from '../trace/open-publisher.ts';
import { readEntry } from './read-entry.ts';
import type { MapArtifact, MapPointer, ReleaseMap } from './release-map.ts';
import { rowsOf } from './rows.ts';

export interface MapOptions {
  readonly repository: Repository;
  readonly definition: ReleaseDefinition;
  /** How many releases and candidates, and how many dev builds to show, the newest first. Default 50. */
  readonly limit?: number;
  /** True: also which services of the working tree use what. */
  readonly services?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: Listener;
}

const LIMIT = 50;

/**
 * Asks the registries for all versions, and reports them by commit. The artifacts are those of the
 * definition at HEAD. Only reads. Throws `InvalidInputError` if HEAD has no version.
 */
export async function mapRelease(options: MapOptions): Promise<ReleaseMap> {
  const head = await openRunsAtHead(options);
  const { commit, runs } = head;
  return inObservedContext({ command: 'map', commit, runs }, options, async (context) => {
    const question = options.services === true ? { withdrawn: true } : {};
    const listed = await listVersions(runs, context, question);
    const [map, inventory] = await Promise.all([
      readMap(head, listed, options, context),
      options.services === true ? readInventory(head, listed, options, context) : undefined,
    ]);
    return inventory === undefined ? map : withServices(map, inventory);
  });
}

async function readInventory(
  head: OpenedHead,
  listed: readonly ListedRun[],
  options: MapOptions,
  context: RunContext,
): Promise<InventoryReport> {
  const { askInventory, findInventory } = await import('../inventory/inventory.ts');
  const { definition, repository } = options;
  const found = await findInventory(head, { definition, repository });
  const used = new Set(found.runs);
  const lists = async (): Promise<readonly ListedRun[]> =>
    listed.filter(({ run }) => used.has(run));
  return askInventory(found, { definition, repository }, { context, lists });
}

/** What the map already says is said once. */
function withServices(map: ReleaseMap, { notes, problems, services }: InventoryReport): ReleaseMap {
  const said = new Set(map.problems.map(({ message }) => message));
  const all = [...map.problems, ...problems.filter(({ message }) => !said.has(message))];
  const status = statusOf(all);
  return {
    ...map,
    status,
    exitCode: EXIT_CODES[status],
    services,
    problems: all,
    notes: [...new Set([...map.notes, ...notes])],
  };
}

async function readMap(
  head: OpenedHead,
  lists: readonly ListedRun[],
  { definition, limit = LIMIT, repository }: MapOptions,
  context: RunContext,
): Promise<ReleaseMap> {
  const { tagPrefix } = definition;
  const [tags, repositoryUrl] = await Promise.all([
    repository.tags(),
    definition.repository ?? repository.remoteUrl(),
  ]);
  const entries = await entriesOf(lists, { repository, tags, tagPrefix });
  const shown = newest(entries, limit);
  const read = await inParallel(shown, async (entry) => readEntry(entry, context));
  const rows = await rowsOf(read, { lists, repository, repositoryUrl, tags, tagPrefix });
  const problems = [
    ...head.problems.map((problem) => ({ problem, id: undefined })),
    ...[...lists, ...read].flatMap(({ problems: own, run }) =>
      own.map((problem) => ({ problem, id: run.id })),
    ),
  ];
  const status = statusOf(problems.map(({ problem }) => problem));
  return {
    schema: 'ameide-release/map/1',
    status,
    exitCode: EXIT_CODES[status],
    ...(repositoryUrl === undefined ? {} : { repository: repositoryUrl }),
    head: head.commit.canonical.sha,
    artifacts: lists.map(artifactOf),
    rows,
    problems: problems.map(({ id, problem }) => problemReport(problem, id)),
    notes: [...head.notes, ...notesOf(lists, entries, shown)],
  };
}

function artifactOf({ list, run }: ListedRun): MapArtifact {
  const { plan, publisher } = run;
  // A plan without coordinates, such as a dev build's on GitHub, still has the publisher's member.
  const [named = publisher.members[0]] = plan.coordinates;
  const { ecosystem, name } = named ?? { ecosystem: 'npm', name: run.id };
  const url = artifactUrl({ ecosystem, name }, plan);
  return {
    publisher: run.id,
    ecosystem,
    name,
    registry: plan.registry,
    ...(url === undefined ? {} : { url }),
    ...(list === undefined ? {} : { listed: list.versions.length }),
    ...(list?.isPartial === true ? { isPartial: true } : {}),
    pointers: (list?.pointers ?? []).map(pointerOf),
  };
}

function pointerOf({ pointer, sha, version }: PointerFinding): MapPointer {
  return {
    pointer: pointer.pointer,
    ...(version === undefined ? {} : { version }),
    ...(sha === undefined ? {} : { sha }),
  };
}

function notesOf(
  lists: readonly ListedRun[],
  entries: readonly Entry[],
  shown: readonly Entry[],
): readonly string[] {
  const hidden = entries.length - shown.length;
  const silent = lists.filter(({ list, problems }) => list === undefined && problems.length === 0);
  const partial = lists.filter(({ list }) => list?.isPartial === true);
  return [
    ...silent.map(({ run }) => `${run.id} is not shown: its publisher cannot list versions.`),
    ...partial.map(
      ({ run }) =>
        `${run.id} is shown with its tags only: every other commit of its repository is a version, too, and cannot be listed.`,
    ),
    ...(hidden === 0 ? [] : [`${hidden} older versions are not shown. To show more, set --limit.`]),
  ];
}
