import type { Repository } from '@ameide/publisher-kit';
import {
  type BaseVersion,
  compareBase,
  InvalidInputError,
  parseBase,
} from '@ameide/versioning-core';
import type { ReleaseDefinition } from '../definition/definition.ts';
import { requireOneLine } from '../engine/one-line.ts';
import { requireOrigin } from '../engine/origin.ts';
import { problemReport } from '../report/shown.ts';
import { EXIT_CODES, statusOf } from '../report/status.ts';
import type { RunContext } from '../run/context.ts';
import type { Listener } from '../run/emitter.ts';
import { taggedVersions } from '../run/entries.ts';
import { markedVersions } from '../run/marks.ts';
import { inObservedContext } from '../run/observed-context.ts';
import { type ListedRun, listVersions } from '../run/version-lists.ts';
import { type OpenedHead, openRunsAtHead } from '../trace/open-publisher.ts';
import { type CarriedOut, carryOut } from './carry-out.ts';
import { decideWithdrawal, type Wish } from './decide.ts';
import { laterReleases } from './later-releases.ts';
import { withdrawalNotes } from './notes.ts';
import {
  absences,
  laterReleased,
  notReleased,
  type OwnedProblem,
  replacementWithdrawn,
  unknownRelease,
} from './problems.ts';
import type { ArtifactWithdrawal, WithdrawalReport } from './withdrawal-report.ts';

interface CommonOptions {
  readonly repository: Repository;
  readonly definition: ReleaseDefinition;
  /** Its absolute path: `migrate` recognises by it which commits are of this train. */
  readonly definitionFile?: string;
  /** The message for people who install a withdrawn version. Default: which version to use instead. */
  readonly message?: string;
  /** True to do what can be taken back. Otherwise the report only shows it. */
  readonly yes?: boolean;
  /**
   * The address of the repository that this is a clone of. Default: what its remote says. It must be
   * the definition's `repository`, if that is given.
   */
  readonly origin?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: Listener;
}

export interface MigrateOptions extends CommonOptions {
  /** The release that people should get. Default: the base at HEAD. */
  readonly to?: string;
}

export interface WithdrawOptions extends CommonOptions {
  /** The bad release or candidate: `0.2.0`. */
  readonly version: string;
  /** The release that people should get instead. Default: the highest other one that is not withdrawn. */
  readonly to?: string;
}

/**
 * Shows which versions are above a first release in each registry, what each client installs, and what has to be
 * done so that it installs the release; does what can be taken back, if asked. Throws `InvalidInputError`.
 */
export async function migrateRelease(options: MigrateOptions): Promise<WithdrawalReport> {
  const head = await openHead(options);
  const to = options.to === undefined ? head.commit.canonical.base : parseBase(options.to, 'to');
  return run('migrate', head, options, { to });
}

/** The same for one bad release: everything but its dev builds. Throws `InvalidInputError`. */
export async function withdrawRelease(options: WithdrawOptions): Promise<WithdrawalReport> {
  const { to, version } = options;
  if (!/^\d+\.\d+\.\d+(?:-rc\.\d+)?$/.test(version))
    throw new InvalidInputError({
      field: 'version',
      received: version,
      expected: 'a release X.Y.Z or a candidate X.Y.Z-rc.N, for example 0.2.0',
    });
  if (to === version)
    throw new InvalidInputError({
      field: 'to',
      received: to,
      expected: `another release than ${version}, which is withdrawn`,
    });
  const head = await openHead(options);
  return run('withdraw', head, options, {
    version,
    ...(to === undefined ? {} : { to: parseBase(to, 'to') }),
  });
}

async function openHead(options: CommonOptions): Promise<OpenedHead> {
  if (options.message !== undefined) requireOneLine(options.message, 'some');
  if (options.yes === true)
    await requireOrigin(options.repository, options.definition, options.origin);
  return openRunsAtHead(options);
}

type Command = WithdrawalReport['command'];

interface Asked {
  readonly to?: BaseVersion;
  readonly version?: string;
}

async function run(
  command: Command,
  head: OpenedHead,
  options: CommonOptions,
  asked: Asked,
): Promise<WithdrawalReport> {
  const { commit, runs } = head;
  const { tagPrefix } = options.definition;
  const tags = await options.repository.tags();
  const tagged = taggedVersions({ tags, tagPrefix });
  // A plan may be for a release that is still to come.
  if (asked.to !== undefined && !tagged.has(asked.to) && (options.yes === true || asked.version))
    throw notReleased(asked.to, tagPrefix);
  return inObservedContext({ command, commit, runs }, options, async (context) =>
    decideAndDo({ command, head, asked, tagged, options }, context),
  );
}

interface Request {
  readonly command: Command;
  readonly head: OpenedHead;
  readonly asked: Asked;
  /** The commits of the version tags, by the version. */
  readonly tagged: ReadonlyMap<string, string>;
  readonly options: CommonOptions;
}

async function decideAndDo(request: Request, context: RunContext): Promise<WithdrawalReport> {
  const { command, head, options } = request;
  const yes = options.yes === true;
  const lists = await listVersions(head.runs, context, { withdrawn: true });
  const { refused, wish } = await makeWish(request, lists);
  const planned = lists.flatMap(({ list, run }) =>
    list === undefined ? [] : [{ run, artifact: decideWithdrawal({ run, ...list }, wish) }],
  );
  const artifacts = planned.map(({ artifact }) => artifact);
  const unread: readonly OwnedProblem[] = [
    ...head.problems.map((problem) => ({ problem, id: undefined })),
    ...lists.flatMap(({ problems, run }) => problems.map((problem) => ({ problem, id: run.id }))),
  ];
  const before = [
    ...unread,
    ...refused,
    ...unfit(artifacts, { lists, refused, unread, wish, yes }),
  ];
  const done: readonly CarriedOut[] =
    yes && before.length === 0
      ? await carryOut(planned, context)
      : planned.map((one) => ({ ...one, problems: [] }));
  const problems = [
    ...before,
    ...done.flatMap(({ problems, run }) => problems.map((problem) => ({ problem, id: run.id }))),
  ];
  const status = statusOf(problems.map(({ problem }) => problem));
  return {
    schema: 'ameide-release/withdrawal/1',
    status,
    exitCode: EXIT_CODES[status],
    command,
    isPlan: !yes,
    ...(wish.to === undefined ? {} : { to: wish.to }),
    artifacts: done.map(({ artifact }) => artifact),
    problems: problems.map(({ id, problem }) => problemReport(problem, id)),
    notes: [...head.notes, ...withdrawalNotes(lists, artifacts, wish)],
  };
}

/** Decides, from what the registries have, which release people should get; says why it cannot be that one. */
async function makeWish(
  { asked, command, head, options, tagged }: Request,
  lists: readonly ListedRun[],
): Promise<{ readonly wish: Wish; readonly refused: readonly OwnedProblem[] }> {
  const marked = markedVersions(lists.flatMap(({ list }) => list?.versions ?? []));
  const good = releasesIn([...tagged.keys()]).filter(
    (one) => one !== asked.version && !marked.has(one),
  );
  const to = asked.to ?? good[0];
  const { definitionFile, message, repository } = options;
  const later =
    command === 'withdraw' || to === undefined
      ? new Set<string>()
      : await laterReleases(lists, {
          repository,
          definitionFile,
          tagged,
          to,
          toSha: tagged.get(to) ?? head.commit.canonical.sha,
        });
  const made = releasesIn([...later]);
  const problems = [
    ...(to !== undefined && marked.has(to) ? [replacementWithdrawn(to, lists, good)] : []),
    ...(to !== undefined && made.length > 0 ? [laterReleased(made, to)] : []),
  ];
  const wish = {
    ...asked,
    later,
    released: new Set<string>(good),
    tagged: new Set(tagged.keys()),
    ...(to === undefined ? {} : { to }),
    ...(message === undefined ? {} : { message }),
  };
  return { wish, refused: problems.map((problem) => ({ problem, id: undefined })) };
}

/** The releases among versions, without candidates, the highest first. */
function releasesIn(versions: readonly string[]): readonly BaseVersion[] {
  return versions
    .filter((one) => /^\d+\.\d+\.\d+$/.test(one))
    .map((one) => parseBase(one))
    .toSorted((a, b) => compareBase(b, a));
}

interface Decided {
  readonly lists: readonly ListedRun[];
  readonly unread: readonly OwnedProblem[];
  readonly refused: readonly OwnedProblem[];
  readonly wish: Wish;
  readonly yes: boolean;
}

/** Why what was decided must not be done. */
function unfit(
  artifacts: readonly ArtifactWithdrawal[],
  { lists, refused, unread, wish, yes }: Decided,
): readonly OwnedProblem[] {
  const { version } = wish;
  const isNowhere = artifacts.every(({ versions }) => versions.length === 0);
  if (version !== undefined && isNowhere && unread.length === 0)
    return [{ problem: unknownRelease(version, lists), id: undefined }];
  return yes && refused.length === 0 ? absences(artifacts, wish) : [];
}
