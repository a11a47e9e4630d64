import {
  type BaseVersion,
  type ChannelKind,
  type Ecosystem,
  type Finding,
  type FindingState,
  formatCoordinate,
  type Pointer,
  type PointerFinding,
  type PointerMove,
  type Problem,
  type Published,
  type Versions,
} from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import { samePointer } from './answers.ts';
import type { Lane } from './lane.ts';
import { EXIT_CODES, type Status, statusOf } from './outcome.ts';

/**
 * The release record: what one run of `plan` or `publish` found, did and left. Serialisable; what
 * `--json` prints.
 */
export interface ReleaseReport {
  readonly schema: 'ameide-release/report/1';
  readonly command: 'plan' | 'publish';
  readonly status: Status;
  readonly exitCode: number;
  readonly release: ReleaseFacts;
  readonly artifacts: readonly ArtifactReport[];
  readonly pointers: readonly PointerReport[];
  readonly problems: readonly ProblemReport[];
}

/** The tuple and every version derived from it: what `version --json` prints, too. */
export interface ReleaseFacts {
  readonly channel: ChannelKind;
  readonly ref: string;
  readonly base: BaseVersion;
  readonly target: BaseVersion;
  /**
   * For people: what the build leads to and why, and a tag that looks like a version and is none.
   */
  readonly note?: string;
  readonly sha: string;
  readonly shortSha: string;
  readonly date: string;
  readonly datetime: string;
  readonly npm: Versions['npm'];
  readonly pypi: Versions['pypi'];
  readonly go: Versions['go'];
  readonly oci: Versions['oci'];
}

/** One artifact as its registry shows it. */
export interface ShownArtifact {
  readonly publisher: string;
  readonly ecosystem: Ecosystem;
  readonly registry: string;
  /** As `formatCoordinate` writes it. */
  readonly coordinate: string;
  /** The version that clients resolve it to, where it is another. */
  readonly resolved?: string;
  /**
   * `same-source` and `identical`: built from this commit. `absent`: not published. `conflict`:
   * there, but built from another commit. `unknown` as well when it was written to and could not be
   * read afterwards.
   */
  readonly state: FindingState;
  /** The source SHA read back from the registry. */
  readonly sha?: string;
  readonly digest?: string;
}

export interface ArtifactReport extends ShownArtifact {
  /** What this run did; absent when it did nothing to it. */
  readonly outcome?: Published['outcome'];
  readonly files?: readonly {
    readonly name: string;
    readonly state: FindingState;
    readonly digest?: string;
  }[];
}

export interface PointerReport {
  readonly publisher: string;
  readonly registry: string;
  /** `npm:@scope/name dev`. */
  readonly name: string;
  readonly pointer: string;
  /** The version it shall name. */
  readonly version: string;
  /** What it names now, null for nothing; absent when it could not be read. */
  readonly now?: string | null;
  readonly outcome?: PointerMove['outcome'];
}

export type ProblemReport = Omit<Problem, 'cause'> & { readonly publisher?: string };

/** The facts of a commit, flat. */
export function releaseFacts(commit: Commit): ReleaseFacts {
  const { canonical, versions } = commit;
  const notes = [versions.note, commit.note].filter((note) => note !== undefined);
  return {
    channel: commit.channel.kind,
    ref: commit.ref,
    base: canonical.base,
    target: versions.target,
    ...(notes.length === 0 ? {} : { note: notes.join(' ') }),
    sha: canonical.sha,
    shortSha: canonical.shortSha,
    date: canonical.date,
    datetime: canonical.datetime,
    npm: versions.npm,
    pypi: versions.pypi,
    go: versions.go,
    oci: versions.oci,
  };
}

/** Makes the report of a run from its lanes, at any moment of it. */
export function makeReport(
  command: ReleaseReport['command'],
  commit: Commit,
  lanes: readonly Lane[],
  problems: readonly Problem[],
): ReleaseReport {
  const all = [...problems, ...lanes.flatMap((lane) => lane.problems)];
  const sent = lanes.some((lane) => lane.sent !== 'nothing');
  // Exit 2 promises that nothing was sent.
  const judged = statusOf(all);
  const status = judged === 'invalid-input' && sent ? 'incomplete' : judged;
  return {
    schema: 'ameide-release/report/1',
    command,
    status,
    exitCode: EXIT_CODES[status],
    release: releaseFacts(commit),
    artifacts: lanes.flatMap(artifactsOf),
    pointers: lanes.flatMap(pointersOf),
    problems: [
      ...problems.map((problem) => problemReport(problem)),
      ...lanes.flatMap((lane) =>
        lane.problems.map((problem) => problemReport(problem, lane.publisher.id)),
      ),
    ],
  };
}

/** A problem as it is printed: without its cause, which may hold anything. */
export function problemReport(
  { cause: _cause, ...problem }: Problem,
  publisher?: string,
): ProblemReport {
  return publisher === undefined ? problem : { ...problem, publisher };
}

function artifactsOf(lane: Lane): ArtifactReport[] {
  return lane.plan.coordinates.map((coordinate) => {
    const name = formatCoordinate(coordinate);
    const same = (entry: { readonly coordinate: typeof coordinate }) =>
      formatCoordinate(entry.coordinate) === name;
    const outcome = lane.published.find(same)?.outcome;
    // What was read before a write says nothing about the time after it.
    const finding =
      lane.verified.find(same) ?? (outcome === undefined ? lane.found.find(same) : undefined);
    return {
      ...shownArtifact(lane, finding ?? { coordinate, state: 'unknown' }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(finding?.files === undefined ? {} : { files: finding.files }),
    };
  });
}

/** What a finding says, flat. */
export function shownArtifact(
  { publisher, plan }: Lane,
  { coordinate, resolved, state, sha, digest }: Finding,
): ShownArtifact {
  return {
    publisher: publisher.id,
    ecosystem: coordinate.ecosystem,
    registry: plan.registry,
    coordinate: formatCoordinate(coordinate),
    ...(resolved === undefined ? {} : { resolved }),
    state,
    ...(sha === undefined ? {} : { sha }),
    ...(digest === undefined ? {} : { digest }),
  };
}

function pointersOf(lane: Lane): PointerReport[] {
  return lane.plan.pointers.map((pointer) => {
    const same = (entry: { readonly pointer: Pointer }) => samePointer(entry.pointer, pointer);
    const move = lane.moved.find(same);
    return {
      publisher: lane.publisher.id,
      registry: lane.plan.registry,
      name: `${pointer.ecosystem}:${pointer.name}`,
      pointer: pointer.pointer,
      version: pointer.version,
      ...nowNames(pointer, move, lane.sent === 'pointers' ? undefined : lane.pointed.find(same)),
      ...(move === undefined ? {} : { outcome: move.outcome }),
    };
  });
}

function nowNames(
  pointer: Pointer,
  move: PointerMove | undefined,
  before: PointerFinding | undefined,
): { readonly now?: string | null } {
  if (move?.outcome === 'moved' || move?.outcome === 'already') return { now: pointer.version };
  if (move !== undefined) return move.from === undefined ? {} : { now: move.from };
  return before === undefined || before.problem !== undefined
    ? {}
    : { now: before.version ?? null };
}
