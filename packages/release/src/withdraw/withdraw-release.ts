import type { Repository } from '@ameide/publisher-kit';
import {
  type BaseVersion,
  compareBase,
  InvalidInputError,
  inputProblem,
  type Problem,
  parseBase,
} from '@ameide/versioning-core';
import type { ReleaseDefinition } from '../definition/definition.ts';
import { requireOrigin } from '../engine/origin.ts';
import { problemReport } from '../report/shown.ts';
import { EXIT_CODES, statusOf } from '../report/status.ts';
import type { RunContext } from '../run/context.ts';
import type { Listener } from '../run/emitter.ts';
import { taggedVersions } from '../run/entries.ts';
import { inObservedContext } from '../run/observed-context.ts';
import { type ListedRun, listVersions } from '../run/version-lists.ts';
import { type OpenedHead, openRunsAtHead } from '../trace/open-publisher.ts';
import { type CarriedOut, carryOut } from './carry-out.ts';
import { decideWithdrawal, type Wish } from './decide.ts';
import type { ArtifactWithdrawal, WithdrawalReport } from './withdrawal-report.ts';

interface CommonOptions {
  readonly repository: Repository;
  readonly definition: ReleaseDefinition;
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
  /** The release that people should get instead. Default: the highest other one. */
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
  if (options.yes === true)
    await requireOrigin(options.repository, options.definition, options.origin);
  return openRunsAtHead(options);
}

type Command = WithdrawalReport['command'];

async function run(
  command: Command,
  head: OpenedHead,
  options: CommonOptions,
  asked: { readonly to?: BaseVersion; readonly version?: string },
): Promise<WithdrawalReport> {
  const { commit, runs } = head;
  const { tagPrefix } = options.definition;
  const tags = await options.repository.tags();
  const released = new Set(taggedVersions({ tags, tagPrefix }).keys());
  // A plan may be for a release that is still to come.
  if (asked.to !== undefined && !released.has(asked.to) && (options.yes === true || asked.version))
    throw notReleased(asked.to, tagPrefix);
  const to = asked.to ?? highestBut(asked.version, released);
  const wish = {
    ...asked,
    released,
    ...(to === undefined ? {} : { to }),
    ...(options.message === undefined ? {} : { message: options.message }),
  };
  return inObservedContext({ command, commit, runs }, options, async (context) =>
    decideAndDo({ command, head, wish, yes: options.yes === true }, context),
  );
}

function notReleased(to: string, prefix = 'v'): InvalidInputError {
  return new InvalidInputError({
    field: 'to',
    received: to,
    expected: `a release of this repository: it has no tag ${prefix}${to}`,
    hint: 'Fetch the tags (git fetch --tags), or publish that release first.',
  });
}

/** The highest release of this train that stays. */
function highestBut(
  version: string | undefined,
  released: ReadonlySet<string>,
): BaseVersion | undefined {
  return [...released]
    .filter((one) => one !== version && /^\d+\.\d+\.\d+$/.test(one))
    .map((one) => parseBase(one))
    .toSorted(compareBase)
    .at(-1);
}

interface Asked {
  readonly command: Command;
  readonly head: OpenedHead;
  readonly wish: Wish;
  readonly yes: boolean;
}

async function decideAndDo(asked: Asked, context: RunContext): Promise<WithdrawalReport> {
  const { command, head, wish, yes } = asked;
  const lists = await listVersions(head.runs, context, { withdrawn: true });
  const planned = lists.flatMap(({ list, run }) =>
    list === undefined ? [] : [{ run, artifact: decideWithdrawal({ run, ...list }, wish) }],
  );
  const artifacts = planned.map(({ artifact }) => artifact);
  const before = [
    ...head.problems.map((problem) => ({ problem, id: undefined })),
    ...lists.flatMap(({ problems, run }) => problems.map((problem) => ({ problem, id: run.id }))),
    ...(yes ? absences(artifacts, wish) : []),
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
    notes: [...head.notes, ...notesOf(lists, artifacts, wish)],
  };
}

/** The artifacts whose registry has nothing that people could get instead. */
function withoutReplacement(
  artifacts: readonly ArtifactWithdrawal[],
): readonly ArtifactWithdrawal[] {
  return artifacts.filter(
    ({ replacement, versions }) => versions.length > 0 && replacement === undefined,
  );
}

/** Nobody may be sent to a version that is not there. */
function absences(
  artifacts: readonly ArtifactWithdrawal[],
  { to }: Wish,
): readonly { readonly problem: Problem; readonly id: string }[] {
  return withoutReplacement(artifacts).map(({ name, publisher, registry }) => ({
    id: publisher,
    problem: inputProblem(
      new InvalidInputError(
        {
          field: 'to',
          ...(to === undefined ? {} : { received: to }),
          expected: `a release that ${registry} has of ${name}, so that people can be sent to it; nothing was changed`,
          hint: 'Publish it first: ameide-release publish. Or name another release with --to.',
        },
        'replacement-not-published',
      ),
    ),
  }));
}

function notesOf(
  lists: readonly ListedRun[],
  artifacts: readonly ArtifactWithdrawal[],
  { to, version }: Wish,
): readonly string[] {
  const unlisted = lists.filter(
    ({ list, problems }) => list === undefined && problems.length === 0,
  );
  const absent = withoutReplacement(artifacts);
  return [
    ...unlisted.map(({ run }) => `${run.id} is not shown: its publisher cannot list versions.`),
    ...(absent.length === 0 || to === undefined
      ? []
      : [
          `${to} is not published yet as ${absent.map(({ publisher }) => publisher).join(', ')}: publish it before --yes.`,
        ]),
    ...artifacts.flatMap(({ kept }) => kept),
    ...(artifacts.every(({ versions }) => versions.length === 0)
      ? [
          version === undefined
            ? `No registry has a version above ${to ?? ''}.`
            : `No registry has ${version}.`,
        ]
      : []),
  ];
}
