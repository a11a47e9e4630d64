import { type Finding, formatCoordinate, type Problem } from '@ameide/versioning-core';
import {
  distinctName,
  type ProblemReport,
  type ProofReport,
  problemReport,
  type ShownArtifact,
  shownArtifact,
  shownProofs,
} from '../report/shown.ts';
import { EXIT_CODES, type Status, statusOf } from '../report/status.ts';
import { noAnswer } from '../run/findings.ts';
import { distinct, notesOf, type PublisherRun } from '../run/publisher-run.ts';

/** What the registries report about one commit or one artifact. `trace --json` prints it. */
export interface TraceReport {
  readonly schema: 'ameide-release/trace/1';
  readonly status: Status;
  readonly exitCode: number;
  /** The requested commit, or the commit that the artifact names; absent if it names none. */
  readonly sha?: string;
  readonly artifacts: readonly TracedArtifact[];
  readonly problems: readonly ProblemReport[];
  /** What could not be asked, and why: a package that this commit does not have yet. */
  readonly notes: readonly string[];
}

export interface TracedArtifact extends ShownArtifact {
  /**
   * The pointers that name it now: `dev`, `latest`. Known only if a commit was traced, because a
   * coordinate does not say which pointers exist.
   */
  readonly pointers: readonly string[];
  /**
   * What it carries. Known only if the definition asks for proofs, and a commit was traced, or an artifact of a commit
   * that this clone has.
   */
  readonly proofs?: readonly ProofReport[];
}

export interface Traced {
  readonly sha?: string | undefined;
  /** One run for each publisher and build, with what its registry has. */
  readonly runs: readonly PublisherRun[];
  readonly notes?: readonly string[];
  /** Problems that belong to no run. */
  readonly problems?: readonly Problem[];
}

export function traceReport({ sha, runs, notes = [], problems = [] }: Traced): TraceReport {
  const reported = runs.map((run) => ({ run, problems: problemsOf(run) }));
  const status = statusOf([...problems, ...reported.flatMap((one) => one.problems)]);
  return {
    schema: 'ameide-release/trace/1',
    status,
    exitCode: EXIT_CODES[status],
    ...(sha === undefined ? {} : { sha }),
    artifacts: mergeNames(
      runs.flatMap((run) => run.findings.map((finding) => tracedArtifact(run, finding))),
    ),
    problems: [
      ...problems.map((problem) => problemReport(problem)),
      ...reported.flatMap((one) =>
        one.problems.map((problem) => problemReport(problem, one.run.id)),
      ),
    ],
    notes: [...notes, ...tracedNotes(runs)],
  };
}

/** The notes about artifacts that exist: a trace publishes nothing. */
function tracedNotes(runs: readonly PublisherRun[]): readonly string[] {
  const ofPointers = notesOf(
    runs.map((run) => ({
      ...run,
      pointersBefore: run.pointersBefore.filter(({ version }) => version !== undefined),
    })),
  );
  const deprecations = runs.flatMap(({ findings, id, plan, publisher }) =>
    findings.flatMap(({ coordinate, deprecated }) => {
      if (deprecated === undefined) return [];
      const where = id === publisher.id ? '' : ` at ${plan.registry}`;
      return [`${formatCoordinate(coordinate)} is deprecated${where}: ${deprecated}`];
    }),
  );
  return [...ofPointers, ...new Set(deprecations)];
}

/**
 * Returns the problems of a trace: a registry that did not answer, a version that cannot exist, or
 * artifacts of one commit that contradict each other. An artifact of another commit is an answer
 * here, not a conflict.
 */
function problemsOf(run: PublisherRun): Problem[] {
  const found = run.findings.flatMap(({ coordinate, problem, sha, state }) => {
    if (state === 'unknown') return [problem ?? noAnswer(coordinate)];
    const isWrong = state === 'absent' || (state === 'conflict' && sha === run.plan.sha);
    return isWrong && problem !== undefined ? [problem] : [];
  });
  return distinct([...found, ...run.problems]);
}

function tracedArtifact(run: PublisherRun, finding: Finding): TracedArtifact {
  const { name, version } = finding.coordinate;
  const naming = run.pointersBefore.filter(
    (one) => one.pointer.name === name && one.version === version,
  );
  return {
    ...shownArtifact(run, finding),
    pointers: naming.map(({ pointer }) => pointer.pointer),
    ...shownProofs(run, finding.coordinate),
  };
}

/** Merges rows about the same thing. */
function mergeNames(artifacts: readonly TracedArtifact[]): TracedArtifact[] {
  const merged = new Map<string, TracedArtifact>();
  for (const artifact of artifacts) {
    const key = distinctName(artifact);
    const known = merged.get(key) ?? artifact;
    merged.set(key, {
      ...known,
      pointers: [...new Set([...known.pointers, ...artifact.pointers])],
    });
  }
  return [...merged.values()];
}

/** Leaves out runs that would ask the same again: channels share names (`<sha>` tags). */
export function oncePerQuestion(runs: readonly PublisherRun[]): PublisherRun[] {
  const seen = new Set<string>();
  return runs.filter(({ id, plan }) => {
    const names = [
      ...plan.coordinates.map(formatCoordinate),
      ...plan.pointers.map(({ pointer }) => pointer),
    ];
    const questions = names.map((name) => `${id} ${name}`);
    const asksSomethingNew = questions.some((question) => !seen.has(question));
    for (const question of questions) seen.add(question);
    return asksSomethingNew;
  });
}
