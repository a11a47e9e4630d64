import { inParallel } from '@ameide/publisher-kit';
import { type Problem, problem, type VersionList } from '@ameide/versioning-core';
import { clientChoice, compareVersions } from '@ameide/versioning-core/clients';
import { taggedVersions } from '../run/entries.ts';
import { isSettled, type PublisherRun, withProblems } from '../run/publisher-run.ts';
import { type ListedRun, listOne } from '../run/version-lists.ts';
import type { PhaseContext } from './progress.ts';

/** What the registries have whose clients do not follow the plan's pointers, by the publisher's id. */
export type EarlierVersions = ReadonlyMap<string, ListedRun>;

/**
 * Lists, before the first release of a repository, what the registries have where no pointer of the plan decides
 * what clients install. Asked together with what `inspect` asks, it costs no extra round trip. Undefined if nothing has to be compared: a later
 * release may be below others, as one of an older line.
 */
export async function listEarlier(
  runs: readonly PublisherRun[],
  context: PhaseContext,
): Promise<EarlierVersions | undefined> {
  const { commit, options } = context;
  const { earlierVersions = 'continue', tagPrefix } = options.definition;
  const { channel } = commit;
  if (channel.kind !== 'release' || earlierVersions === 'reset') return undefined;
  const released = taggedVersions({ tags: await options.repository.tags(), tagPrefix });
  const others = [...released.keys()].filter((one) => one !== channel.base);
  if (others.some((one) => /^[\d.]+$/.test(one))) return undefined;
  const lists = await inParallel(
    runs.filter((run) => !followsPlan(run) || isGo(run.publisher.members)),
    async (run) => listOne(run, context, { withdrawn: true }),
  );
  return new Map(lists.map((list) => [list.run.id, list]));
}

/** False if `latest` is moved by hand, too: its clients follow it, and no `pointersBefore` names it. */
function followsPlan({ plan, publisher }: PublisherRun): boolean {
  return publisher.promote !== undefined && plan.pointers.some(({ pointer }) => pointer === LATEST);
}

const LATEST = 'latest';

/** `go` does not follow the branches of a mirror. */
function isGo(members: PublisherRun['publisher']['members']): boolean {
  return members.some(({ ecosystem }) => ecosystem === 'go');
}

/**
 * Refuses a first release where clients would still install a higher version that was published before
 * it, unless the definition says that it starts over.
 */
export function refuseBelowEarlier(
  runs: readonly PublisherRun[],
  earlier: EarlierVersions | undefined,
): readonly PublisherRun[] {
  if (earlier === undefined) return runs;
  return runs.map((run) => withProblems(run, problemsOf(run, earlier)));
}

function problemsOf(run: PublisherRun, earlier: EarlierVersions): readonly Problem[] {
  const [member] = run.publisher.members;
  if (member === undefined || isSettled(run)) return [];
  const { ecosystem } = member;
  const list = earlier.get(run.id)?.list ?? listOf(run.pointersBefore);
  const { command, version } = clientChoice(member, list);
  // An image also has a coordinate for its commit.
  const ours = run.plan.coordinates.find((one) => compareVersions(ecosystem, one.version, '') > 0);
  if (version === undefined || ours === undefined) return [];
  if (compareVersions(ecosystem, version, ours.version) <= 0) return [];
  return [belowEarlier({ command, theirs: version, ours: ours.version })];
}

/** What `latest` names is there. */
function listOf(
  pointers: PublisherRun['pointersBefore'],
): Pick<VersionList, 'pointers' | 'versions'> {
  const versions = pointers.flatMap(({ pointer: { ecosystem, name }, version }) =>
    version === undefined ? [] : [{ coordinate: { ecosystem, name, version } }],
  );
  return { pointers, versions };
}

function belowEarlier(of: {
  readonly command: string;
  readonly theirs: string;
  readonly ours: string;
}): Problem {
  const { command, ours, theirs } = of;
  return problem({
    code: 'below-published-version',
    kind: 'policy',
    message: `${theirs} is published already, and ${command} would still install it: ${ours}, the first release of this repository, is below it.`,
    hint: `To continue, raise the base above ${theirs}. To start over at ${ours}, set earlierVersions: 'reset' in the definition, publish, and run ameide-release migrate, which shows how everybody gets ${ours}.`,
  });
}
