import { inParallel, onceForEach, type Repository } from '@ameide/publisher-kit';
import { type Coordinate, formatCoordinate, type Problem } from '@ameide/versioning-core';
import { consumerPaths } from '../consumers/consumer-paths.ts';
import { notesOnFolders } from '../consumers/folders-not-read.ts';
import type { ReleaseDefinition } from '../definition/definition.ts';
import { imagesOf, policyOf } from '../deploy/load-policy.ts';
import type { Mark } from '../report/inventory-mark.ts';
import type { RunContext } from '../run/context.ts';
import type { Listener } from '../run/emitter.ts';
import { inObservedContext } from '../run/observed-context.ts';
import { distinct, type PublisherRun } from '../run/publisher-run.ts';
import { type ListedRun, listVersions } from '../run/version-lists.ts';
import { type OpenedHead, openRunsAtHead } from '../trace/open-publisher.ts';
import { type Answer, askAll } from './answers.ts';
import { chooseServices } from './choose-services.ts';
import { type FoundServices, findServices } from './find-services.ts';
import {
  type InventoryReport,
  type InventoryService,
  type InventoryUse,
  inventoryReport,
} from './inventory-report.ts';
import { type MarkFacts, marksOf, releaseKinds } from './marks.ts';
import { type ListedReleases, listedReleases, type NewestRelease } from './newest-releases.ts';
import { artifactKey, type Service, type Use, type Used } from './service.ts';
import { markProblems, unknownProblem } from './use-problems.ts';

export interface InventoryOptions {
  readonly repository: Repository;
  readonly definition: ReleaseDefinition;
  /** Names, folders or files of services. Default, also for an empty list: all that use something. */
  readonly services?: readonly string[];
  /** Marks that are problems. Default: none; that a commit is not known always is one. */
  readonly failOn?: readonly Mark[];
  readonly signal?: AbortSignal;
  readonly onEvent?: Listener;
}

/**
 * Finds which artifacts of the release each service of the working tree uses, and asks the registries which commit
 * each was built from. Only reads. Throws `InvalidInputError` if HEAD has no version, or there is no such service.
 */
export async function takeInventory(options: InventoryOptions): Promise<InventoryReport> {
  const head = await openRunsAtHead(options);
  const found = await findInventory(head, options);
  return inObservedContext(
    { command: 'inventory', commit: head.commit, runs: found.runs },
    options,
    async (context) =>
      askInventory(found, options, {
        context,
        lists: async () => listVersions(found.runs, context, { withdrawn: true }),
      }),
  );
}

type FindOptions = Pick<InventoryOptions, 'definition' | 'repository' | 'services'>;

/** What the files of the working tree say. Asks no registry. */
export async function findInventory(
  head: OpenedHead,
  { definition, repository, services = [] }: FindOptions,
): Promise<FoundInventory> {
  const artifacts = artifactsOf(head.runs);
  const files = repository.workingTree();
  const isConsumer = consumerPaths(definition);
  const read = await findServices({
    files,
    artifacts,
    isConsumer,
    ...(imagesOf(definition).length === 0 ? {} : { policy: policyOf(definition) }),
  });
  const folders = await notesOnFolders(files, repository.root, isConsumer);
  const found = { ...read, notes: [...read.notes, ...folders] };
  const chosen = chooseServices(found.services, services);
  return { head, artifacts, found, chosen, runs: usedRuns(head.runs, chosen) };
}

/** What may be used: not the releases of the source repository. */
function artifactsOf(runs: readonly PublisherRun[]): readonly Used[] {
  const members = runs.flatMap(({ publisher }) => publisher.members);
  const used = members.flatMap(({ ecosystem, name }) =>
    ecosystem === 'github' ? [] : [{ ecosystem, name }],
  );
  return [...new Map(used.map((one) => [artifactKey(one), one])).values()];
}

function usedRuns(
  runs: readonly PublisherRun[],
  services: readonly Service[],
): readonly PublisherRun[] {
  const used = new Set(services.flatMap(({ uses }) => uses.map(artifactKey)));
  return runs.filter(({ publisher }) =>
    publisher.members.some(({ ecosystem, name }) => used.has(`${ecosystem}:${name}`)),
  );
}

/** What the files say, before the registries are asked. */
export interface FoundInventory {
  readonly head: OpenedHead;
  readonly artifacts: readonly Used[];
  readonly found: FoundServices;
  readonly chosen: readonly Service[];
  readonly runs: readonly PublisherRun[];
}

interface Asking {
  readonly context: RunContext;
  /** The versions that the registries list. */
  readonly lists: () => Promise<readonly ListedRun[]>;
}

/** Asks the registries about everything that the services use. */
export async function askInventory(
  { artifacts, chosen, found, head, runs }: FoundInventory,
  { definition: { tagPrefix }, failOn = [], repository }: InventoryOptions,
  asking: Asking,
): Promise<InventoryReport> {
  const coordinates = chosen.flatMap(({ uses }) => uses.flatMap(coordinateOf));
  const [answers, lists, tags] = await Promise.all([
    askAll(coordinates, runs, asking.context),
    asking.lists(),
    repository.tags(),
  ]);
  const listed = listedReleases(lists, { tags, tagPrefix });
  const headSha = head.commit.canonical.sha;
  const facts = { history: repository.history(), released: releaseKinds(tags, tagPrefix) };
  const ageOf = onceForEach(async (sha: string) => repository.commitsSince(sha));
  const describe = async (one: Service): Promise<InventoryService> =>
    serviceOf(one, { answers, listed, facts, ageOf, headSha });
  const services = await inParallel(chosen, describe);
  const notKnown = services.flatMap(({ uses }) => uses.flatMap((use) => unknownProblem(use) ?? []));
  const problems: readonly Problem[] = [
    ...head.problems,
    ...found.problems,
    ...lists.flatMap((one) => one.problems),
    ...[...answers.values()].flatMap(problemsOf),
    ...notKnown,
    ...markProblems(services, failOn),
  ];
  const silent = lists.filter(({ list, problems }) => list === undefined && problems.length === 0);
  const notes = [
    ...head.notes,
    ...found.notes,
    ...silent.map(
      ({ run }) => `Whether ${run.id} is behind is not known: its publisher cannot list versions.`,
    ),
    ...listed.notes,
    ...[...answers.values()].flatMap((one) => (one.state === 'known' ? one.notes : [])),
    ...unusedNotes(chosen, found),
  ];
  const shown = artifacts.map((one) => shownArtifact(one, listed.newest));
  return inventoryReport({ head: headSha, artifacts: shown, services, notes }, distinct(problems));
}

function problemsOf(answer: Answer): readonly Problem[] {
  if (answer.state === 'known') return answer.problems;
  return answer.state === 'no-answer' ? [answer.problem] : [];
}

function coordinateOf({ ecosystem, kind, name, version }: Use): readonly Coordinate[] {
  return kind === 'registry' ? [{ ecosystem, name, version }] : [];
}

interface Known {
  readonly answers: ReadonlyMap<string, Answer>;
  readonly listed: ListedReleases;
  readonly facts: MarkFacts;
  readonly ageOf: (sha: string) => Promise<number | undefined>;
  readonly headSha: string;
}

async function serviceOf(
  { kind, name, path, uses }: Service,
  known: Known,
): Promise<InventoryService> {
  const described = await inParallel(uses, async (use) => describeUse(use, known));
  const shas = [...new Set(described.flatMap(({ sha }) => sha ?? []))];
  const marks = new Set([
    ...(shas.length > 1 ? (['mixed'] as const) : []),
    ...described.flatMap((use) => use.marks),
  ]);
  return { name, kind, path, uses: described, shas, marks: [...marks] };
}

async function describeUse(use: Use, known: Known): Promise<InventoryUse> {
  const { ageOf, answers, facts, headSha, listed } = known;
  const { kind, ...rest } = use;
  const [coordinate] = coordinateOf(use);
  const answer = coordinate === undefined ? undefined : answers.get(formatCoordinate(coordinate));
  const marks = await marksOf(use, answer, listed, facts);
  if (kind === 'workspace') return { ...rest, state: 'workspace', sha: headSha, age: 0, marks };
  if (answer === undefined)
    return { ...rest, state: kind === 'registry' ? 'no-answer' : kind, marks };
  if (answer.state === 'conflict') return { ...rest, ...answer, marks };
  if (answer.state !== 'known') return { ...rest, state: answer.state, marks };
  const { notes: _notes, problems: _problems, ...said } = answer;
  const age = await ageOf(said.sha);
  return { ...rest, ...said, ...(age === undefined ? {} : { age }), marks };
}

function shownArtifact(
  one: Used,
  newest: ReadonlyMap<string, NewestRelease>,
): InventoryReport['artifacts'][number] {
  const release = newest.get(artifactKey(one));
  return {
    ...one,
    ...(release === undefined ? {} : { newest: release.version }),
    ...(release?.sha === undefined ? {} : { newestSha: release.sha }),
  };
}

function unusedNotes(chosen: readonly Service[], { services }: FoundServices): readonly string[] {
  const unused = services.filter(({ uses }) => uses.length === 0);
  const hidden = unused.filter((one) => !chosen.includes(one)).length;
  return hidden === 0
    ? []
    : [`${hidden} ${hidden === 1 ? 'project uses' : 'projects use'} nothing of this release.`];
}
