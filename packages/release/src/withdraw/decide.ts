import {
  type Coordinate,
  formatCoordinate,
  formatPointer,
  type ListedVersion,
  movePointerCommand,
  type PointerFinding,
  type VersionList,
} from '@ameide/versioning-core';
import { clientChoice } from '@ameide/versioning-core/clients';
import { shellWord } from '../report/shell-word.ts';
import type { PublisherRun } from '../run/publisher-run.ts';
import {
  goodVersions,
  namesSelected,
  type Selection,
  selectedVersions,
} from './choose-versions.ts';
import { messageFor } from './message.ts';
import { isIncompatible, retraction } from './retraction.ts';
import { takeBack } from './take-back.ts';
import type { ArtifactWithdrawal, ClientForecast, WithdrawalAction } from './withdrawal-report.ts';

/** What one registry has of an artifact. */
export interface Listed extends VersionList {
  readonly run: PublisherRun;
}

export interface Wish extends Selection {
  /** The message for people who install a withdrawn version; absent: which version to use instead. */
  readonly message?: string;
  /** Every release and candidate that the repository has a tag for. */
  readonly tagged: ReadonlySet<string>;
}

/** Decides what has to be done at one registry, and what clients get before and after. Pure. */
export function decideWithdrawal(listed: Listed, wish: Wish): ArtifactWithdrawal {
  const { run, versions } = listed;
  const [member] = run.publisher.members;
  const artifact = member ?? { ecosystem: 'npm', name: run.id };
  const selected = selectedVersions(versions, wish);
  const good = goodVersions(versions, wish);
  const replacement = good[0]?.coordinate.version;
  const moves = pointerMoves(listed, good, wish);
  const marks = selected.flatMap((one) => marksOf(one, { listed, replacement, wish }));
  const retracts =
    artifact.ecosystem === 'go' ? retraction(listed, selected, wish) : { actions: [] };
  const actions = [...moves, ...marks, ...retracts.actions];
  return {
    publisher: run.id,
    ecosystem: artifact.ecosystem,
    name: artifact.name,
    registry: run.plan.registry,
    versions: selected.map(({ coordinate }) => coordinate.version),
    ...(replacement === undefined ? {} : { replacement }),
    kept: keptPointers(listed, moves, wish),
    client: forecast(artifact, listed, { needsRelease: false, ...retracts, actions, selected }),
    actions,
  };
}

/** Only a name that dev builds move may name a commit. */
const COMMIT = '0'.repeat(40);

/** Pointers that name a withdrawn version, and may name one that stays. */
function pointerMoves(
  { pointers, run: { id, plan, publisher } }: Listed,
  good: readonly ListedVersion[],
  wish: Wish,
): readonly WithdrawalAction[] {
  return pointers.flatMap((found): readonly WithdrawalAction[] => {
    const { pointer, version: from = '' } = found;
    const name = pointer.pointer;
    const followsCommits = publisher.managesPointer?.(name, COMMIT) === true;
    if (!namesSelected(found, wish) || followsCommits) return [];
    const to = good.find(
      ({ coordinate }) => publisher.managesPointer?.(name, coordinate.version) === true,
    )?.coordinate.version;
    if (to === undefined || publisher.movePointer === undefined) return [];
    return [
      {
        kind: 'move-pointer',
        subject: formatPointer(pointer),
        from,
        to,
        by: 'command',
        isReversible: true,
        how: `${movePointerCommand({ ...pointer, version: to }, from)}${onlyAt(id)}`,
        undo: takeBack({
          found,
          to,
          registry: plan.registry,
          only: onlyAt(id),
          tagged: wish.tagged,
        }),
      },
    ];
  });
}

/** Why pointers still name a withdrawn version, such as `0.2` of a line without another release. */
function keptPointers(
  { pointers, run: { publisher } }: Listed,
  moves: readonly WithdrawalAction[],
  wish: Wish,
): readonly string[] {
  const moved = new Set(moves.map(({ subject }) => subject));
  return pointers
    .filter((one) => namesSelected(one, wish))
    .filter(({ pointer }) => !moved.has(formatPointer(pointer)))
    .map(({ pointer, version = '' }) => {
      const isOurs = publisher.managesPointer?.(pointer.pointer) === true;
      const why = isOurs
        ? 'no other release can have that name'
        : "no release of this definition moves it; use its registry's own tool";
      return `${formatPointer(pointer)} still names ${version}: ${why}.`;
    });
}

/** A package at several registries: the id says which. */
function onlyAt(id: string): string {
  return id.includes('#') ? ` --only ${id}` : '';
}

interface MarkFacts {
  readonly listed: Listed;
  readonly replacement: string | undefined;
  readonly wish: Wish;
}

/** The mark that tells people, or their client, to take another version. */
function marksOf(
  { coordinate, deprecated, isWithdrawn }: ListedVersion,
  { listed, replacement, wish }: MarkFacts,
): readonly WithdrawalAction[] {
  const subject = formatCoordinate(coordinate);
  if (coordinate.ecosystem === 'npm' && listed.run.publisher.deprecate !== undefined) {
    // A message that somebody has chosen stays.
    const message = wish.message ?? deprecated ?? messageFor(coordinate, replacement, wish);
    if (deprecated === message) return [];
    const command = (text: string): string =>
      `ameide-release deprecate ${subject}${onlyAt(listed.run.id)} --message ${shellWord(text)}`;
    return [
      {
        kind: 'deprecate',
        subject,
        message,
        by: 'command',
        isReversible: true,
        how: command(message),
        undo: command(deprecated ?? ''),
      },
    ];
  }
  if (coordinate.ecosystem !== 'pypi' || isWithdrawn === true) return [];
  return [yank(coordinate, listed.run)];
}

const PYPI = /^https:\/\/(?:upload\.)?((?:test\.)?pypi\.org)\//;

/** Only people can yank: on the index's pages (https://docs.pypi.org/project-management/yanking/). */
function yank(coordinate: Coordinate, { plan }: PublisherRun): WithdrawalAction {
  const { name, version } = coordinate;
  const host = PYPI.exec(plan.registry)?.[1];
  const page = `https://${host}/manage/project/${name}/release/${version}/`;
  return {
    kind: 'yank',
    subject: formatCoordinate(coordinate),
    by: 'person',
    isReversible: true,
    how:
      host === undefined
        ? `yank ${name} ${version} in the way that ${plan.registry} offers (PEP 592)`
        : `${page} (Options, Yank)`,
    undo: host === undefined ? 'un-yank it in the same way' : `${page} (Options, Un-yank)`,
  };
}

interface Changes {
  /** True if the release whose go.mod retracts a version is the one that people get then. */
  readonly needsRelease: boolean;
  readonly actions: readonly WithdrawalAction[];
  readonly selected: readonly ListedVersion[];
}

function forecast(
  artifact: Pick<Coordinate, 'ecosystem' | 'name'>,
  { pointers, versions }: Listed,
  { actions, needsRelease, selected }: Changes,
): ClientForecast {
  const bySubject = new Map(actions.map((action) => [action.subject, action]));
  const moved = pointers.map((found): PointerFinding => {
    const to = bySubject.get(formatPointer(found.pointer))?.to;
    return to === undefined ? found : { ...found, version: to };
  });
  const deprecated = versions.map((one): ListedVersion => {
    const action = bySubject.get(formatCoordinate(one.coordinate));
    return action?.kind === 'deprecate' ? { ...one, deprecated: action.message ?? '' } : one;
  });
  const names = new Set(selected.map(({ coordinate }) => formatCoordinate(coordinate)));
  const isRetracted = actions.some(({ kind }) => kind === 'retract');
  const withdrawn = deprecated.map((one): ListedVersion => {
    const isGone = names.has(formatCoordinate(one.coordinate)) || isIncompatible(one);
    const isLeft = artifact.ecosystem === 'go' && !isRetracted;
    return isGone && !isLeft ? { ...one, isWithdrawn: true } : one;
  });
  const now = clientChoice(artifact, { pointers, versions });
  const afterCommand = clientChoice(artifact, { pointers: moved, versions: deprecated }).version;
  const afterAll = clientChoice(artifact, { pointers: moved, versions: withdrawn }).version;
  return {
    command: now.command,
    ...(now.version === undefined ? {} : { now: now.version }),
    ...(afterCommand === undefined ? {} : { afterCommand }),
    ...(needsRelease ? { needsRelease } : afterAll === undefined ? {} : { afterAll }),
  };
}
