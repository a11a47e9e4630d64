import { folderName } from '@ameide/publisher-kit';
import {
  type Artifact,
  type Coordinate,
  type FindingState,
  findAnswer,
  formatCoordinate,
  type Pointer,
  type PointerFinding,
  type PointerMove,
  type Problem,
  type Published,
} from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import type { ReleaseDefinition } from '../definition/definition.ts';
import { definitionDigest } from '../definition/digest.ts';
import type { ReleaseRecord } from '../record/release-record.ts';
import { elsewhereNotes, isSamePointer, notesOf, type PublisherRun } from '../run/publisher-run.ts';
import { INTERRUPTED } from '../run/run-step.ts';
import { obeysPolicy, type ReleaseCommand } from './command.ts';
import { type ContentsReport, contentsOf, uncomparedNotes } from './contents.ts';
import { type ReleaseFacts, releaseFacts } from './facts.ts';
import {
  type ProblemReport,
  type ProofReport,
  problemReport,
  type ShownArtifact,
  shownArtifact,
  shownProofs,
} from './shown.ts';
import { EXIT_CODES, type Status, statusOf } from './status.ts';

/** What one run of `plan`, `build`, `publish` or `promote` found, did and left. Serialisable; `--json` prints it. */
export interface ReleaseReport {
  readonly schema: 'ameide-release/report/2';
  readonly command: ReleaseCommand;
  readonly status: Status;
  readonly exitCode: number;
  readonly release: ReleaseFacts;
  /** From `definitionDigest`: what is published, from where, and what runs for that. */
  readonly definition: string;
  readonly artifacts: readonly ArtifactReport[];
  readonly pointers: readonly PointerReport[];
  /** `build` and `publish --dry-run`: everything that was built, file by file. */
  readonly contents?: readonly ContentsReport[];
  /** `publish` and `promote` that were asked for it, once everything converged. */
  readonly record?: ReleaseRecord;
  readonly problems: readonly ProblemReport[];
  /** What people should know, and no failure: `latest` of a new npm package names a dev build. */
  readonly notes: readonly string[];
}

export interface ArtifactReport extends ShownArtifact {
  /** What this run did; absent if it did nothing to the artifact. */
  readonly outcome?: Published['outcome'];
  readonly files?: readonly {
    readonly name: string;
    readonly state: FindingState;
    readonly digest?: string;
  }[];
  /** What it carries, after `publish` and `promote`; absent if it is not signed. */
  readonly proofs?: readonly ProofReport[];
  /** What was built, and its folder below `--out`; no folder if it was not saved. */
  readonly built?: {
    readonly folder?: string;
    readonly files: readonly Omit<Artifact, 'coordinate'>[];
  };
}

export interface PointerReport {
  readonly publisher: string;
  readonly registry: string;
  /** `npm:@scope/name dev`. */
  readonly name: string;
  readonly pointer: string;
  /** The version that the pointer should name. */
  readonly version: string;
  /** What the pointer names now: null for nothing, absent if it could not be read. */
  readonly now?: string | null;
  readonly outcome?: PointerMove['outcome'];
  /** What `promote` will do; absent if only `promote` can decide, and after it has run. */
  readonly expected?: PointerMove['outcome'];
}

/** What the release is of. */
export interface ReportSubject {
  readonly command: ReleaseCommand;
  readonly commit: Commit;
  readonly definition: ReleaseDefinition;
}

/** Reports a release from its runs, after any phase. */
export function makeReport(
  { command, commit, definition }: ReportSubject,
  runs: readonly PublisherRun[],
  problems: readonly Problem[],
  notes: readonly string[] = [],
): ReleaseReport {
  // A plan is not wrong because `publish` would refuse here: see `policy` of `ProblemKind`.
  const counted = problems.filter(({ kind }) => obeysPolicy(command) || kind !== 'policy');
  const decided = statusOf([...counted, ...runs.flatMap((run) => run.problems)]);
  const hasWritten = runs.some((run) => run.writesBegun !== 'none');
  // Exit code 2 promises that nothing was sent.
  const status = decided === 'invalid-input' && hasWritten ? 'incomplete' : decided;
  return {
    schema: 'ameide-release/report/2',
    command,
    status,
    exitCode: EXIT_CODES[status],
    release: releaseFacts(commit),
    definition: definitionDigest(definition),
    artifacts: runs.flatMap((run) => artifactsOf(run, command)),
    pointers: runs.flatMap(pointersOf),
    ...(runs.every((run) => run.rehearsal === undefined)
      ? {}
      : { contents: runs.flatMap(contentsOf) }),
    problems: [
      ...problems.map((problem) => problemReport(problem)),
      ...runs.flatMap((run) =>
        run.problems
          .filter(({ code }) => code !== INTERRUPTED)
          .map((problem) => problemReport(problem, run.id)),
      ),
    ],
    notes: [...notes, ...notesOf(runs), ...elsewhereNotes(runs), ...uncomparedNotes(runs)],
  };
}

function artifactsOf(run: PublisherRun, command: ReleaseCommand): ArtifactReport[] {
  return run.plan.coordinates.map((coordinate) => {
    const outcome = findAnswer(coordinate, run.published)?.outcome;
    // Findings from before a write do not describe the registry after it.
    const before = outcome === undefined ? findAnswer(coordinate, run.findings) : undefined;
    const finding = findAnswer(coordinate, run.verified) ?? before;
    return {
      ...shownArtifact(run, finding ?? { coordinate, state: 'unknown' }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(finding?.files === undefined ? {} : { files: finding.files }),
      ...shownProofs(run, coordinate),
      ...(isShown(run, command) ? builtOf(run, coordinate) : {}),
    };
  });
}

/** True where the build is the result: it is saved or shown, and nothing is sent. */
function isShown({ rehearsal }: PublisherRun, command: ReleaseCommand): boolean {
  return command === 'build' || rehearsal !== undefined;
}

function builtOf(
  { built, id, isSaved = false }: PublisherRun,
  coordinate: Coordinate,
): Pick<ArtifactReport, 'built'> {
  const name = formatCoordinate(coordinate);
  const made = built?.artifacts.filter((one) => formatCoordinate(one.coordinate) === name) ?? [];
  if (made.length === 0) return {};
  const files = made.map(({ coordinate: _same, ...file }) => file);
  return { built: { ...(isSaved ? { folder: folderName(id) } : {}), files } };
}

function pointersOf(run: PublisherRun): PointerReport[] {
  return run.plan.pointers.map((pointer) => {
    const isSame = (entry: { readonly pointer: Pointer }): boolean =>
      isSamePointer(entry.pointer, pointer);
    const move = run.moves.find(isSame);
    const expected = run.expectedMoves?.find(isSame);
    const before = run.writesBegun === 'pointers' ? undefined : run.pointersBefore.find(isSame);
    return {
      publisher: run.id,
      registry: run.plan.registry,
      name: `${pointer.ecosystem}:${pointer.name}`,
      pointer: pointer.pointer,
      version: pointer.version,
      ...nowNames(pointer, move, before),
      ...(move === undefined ? {} : { outcome: move.outcome }),
      ...(move !== undefined || expected === undefined ? {} : { expected: expected.outcome }),
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
  if (before === undefined || before.problem !== undefined) return {};
  return { now: before.version ?? null };
}
