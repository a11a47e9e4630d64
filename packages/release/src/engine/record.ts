import { settleAll } from '@ameide/publisher-kit';
import { type Problem, RECORD_FILE } from '@ameide/versioning-core';
import { type Current, makeRecord, recordText } from '../record/make-record.ts';
import type { ReleaseRecord } from '../record/release-record.ts';
import { currentRelease } from '../run/current-release.ts';
import { ownReleases } from '../run/own-releases.ts';
import { isSettled, type PublisherRun, withProblems } from '../run/publisher-run.ts';
import { readRegistry } from '../run/read-registry.ts';
import { runStep } from '../run/run-step.ts';
import { versionFacts } from '../run/version-facts.ts';
import { listVersions } from '../run/version-lists.ts';
import type { PhaseContext, ReleasePhase, ReleaseState } from './progress.ts';

const RECORD_TYPE = 'application/vnd.ameide.release-record.v1+json';

/**
 * Makes the release record from what the registries have, and gives it to the publishers that attach
 * files. Does nothing if no publisher attaches files and the caller does not ask for the record.
 */
export const record: ReleasePhase = {
  name: 'record',
  applies: ({ runs }, context) =>
    context.options.record === true || runs.some((run) => attachesFiles(run, context)),
  run: recordAll,
};

async function recordAll(state: ReleaseState, context: PhaseContext): Promise<ReleaseState> {
  const { problems, record: made } = await recordOf(state, context);
  if (problems.length > 0) return { ...state, problems: [...state.problems, ...problems] };
  const runs = await settleAll(state.runs.map(async (run) => attach(run, made, context)));
  return { ...state, runs, record: made };
}

/**
 * The record of a dev build is not attached: every commit has one, and the registries have the same
 * facts. A publisher with nothing to publish has nothing to attach a file to.
 */
function attachesFiles({ plan, publisher }: PublisherRun, { commit }: PhaseContext): boolean {
  const isTagged = commit.channel.kind === 'release' || commit.channel.kind === 'candidate';
  return isTagged && publisher.attach !== undefined && plan.coordinates.length > 0;
}

interface MadeRecord {
  readonly record: ReleaseRecord;
  /** Why the record would be incomplete. */
  readonly problems: readonly Problem[];
}

async function recordOf(
  { others, runs }: ReleaseState,
  context: PhaseContext,
): Promise<MadeRecord> {
  const { commit, options } = context;
  const { definition, repository } = options;
  const asked = await settleAll(others.map(async (run) => readRegistry(run, context)));
  const before = asked.filter((run) => isSettled(run));
  const rest = asked.filter((run) => !isSettled(run));
  const current = await currentVersions(rest, context);
  return {
    record: makeRecord({
      commit,
      tagPrefix: definition.tagPrefix,
      repositoryUrl: definition.repository ?? (await repository.remoteUrl()),
      published: [...runs, ...before],
      current,
    }),
    problems: [
      ...rest.flatMap(({ problems }) => problems),
      ...current.flatMap((one) => one.problems),
    ],
  };
}

type AskedCurrent = Current & { readonly problems: readonly Problem[] };

async function currentVersions(
  runs: readonly PublisherRun[],
  context: PhaseContext,
): Promise<readonly AskedCurrent[]> {
  const { channel, versions } = context.commit;
  const { definition, repository } = context.options;
  const lists = await listVersions(runs, context);
  const isOwn = ownReleases({ tags: await repository.tags(), tagPrefix: definition.tagPrefix });
  return lists.map(({ list, problems, run }) => {
    const listed = list?.versions ?? [];
    const version =
      channel.kind === 'release'
        ? currentRelease(listed, versions.target, isOwn)
        : (run.pointersBefore[0]?.version ?? newestOf(listed.map((one) => one.coordinate)));
    return { run, problems, ...(version === undefined ? {} : { version }) };
  });
}

function newestOf(coordinates: readonly Parameters<typeof versionFacts>[0][]): string | undefined {
  const timed = coordinates.map((one) => ({ one, time: versionFacts(one).time ?? 0 }));
  return timed.toSorted((a, b) => a.time - b.time).at(-1)?.one.version;
}

async function attach(
  run: PublisherRun,
  made: ReleaseRecord,
  context: PhaseContext,
): Promise<PublisherRun> {
  const { plan, publisher } = run;
  if (!attachesFiles(run, context)) return run;
  const content = Buffer.from(recordText(made));
  const files = [{ name: RECORD_FILE, content, mediaType: RECORD_TYPE }];
  const { value = [], problems } = await runStep(
    {
      run,
      phase: 'record',
      name: 'attach the release record',
      effect: 'unknown',
      call: async (step) => publisher.attach?.(plan, files, step),
    },
    context,
  );
  const blocked = value.flatMap((one) => (one.problem === undefined ? [] : [one.problem]));
  return withProblems(run, [...problems, ...blocked]);
}
