import {
  type Finding,
  formatCoordinate,
  isOurs,
  PROOF_NAMES,
  type Problem,
  type Proof,
  type ProofKind,
  problem,
} from '@ameide/versioning-core';
import {
  distinctName,
  type ProblemReport,
  type ProofReport,
  problemReport,
  type ShownArtifact,
  shownArtifact,
  shownProof,
} from '../report/shown.ts';
import { EXIT_CODES, type Status, statusOf } from '../report/status.ts';
import { noAnswer } from '../run/findings.ts';
import { distinct, type PublisherRun, proofsOf } from '../run/publisher-run.ts';

/** What is proven about the artifacts of one commit. `verify --json` prints it. */
export interface VerifyReport {
  readonly schema: 'ameide-release/verify/1';
  readonly status: Status;
  /** 0 only if everything is there, and everything that the definition asks for is proven. */
  readonly exitCode: number;
  readonly sha?: string;
  readonly artifacts: readonly VerifiedArtifact[];
  readonly problems: readonly ProblemReport[];
  readonly notes: readonly string[];
}

export interface VerifiedArtifact extends ShownArtifact {
  /**
   * Whether it was built from this commit. `proven`: a valid provenance of its bytes says so. `claimed`: only
   * its own metadata do. `missing`: it is not there. `wrong`: it names another commit, or none.
   */
  readonly commit: 'proven' | 'claimed' | 'missing' | 'wrong' | 'unknown';
  /** One for each kind that the definition asks for. */
  readonly proofs: readonly ProofReport[];
}

export interface VerifiedRuns {
  readonly sha?: string;
  readonly runs: readonly PublisherRun[];
  readonly notes?: readonly string[];
  readonly problems?: readonly (Problem | ProblemReport)[];
}

export function verifyReport({ notes = [], problems = [], runs, sha }: VerifiedRuns): VerifyReport {
  const found = runs.map((run) => ({ run, problems: problemsOf(run) }));
  const status = statusOf([...problems, ...found.flatMap((one) => one.problems)]);
  return {
    schema: 'ameide-release/verify/1',
    status,
    exitCode: EXIT_CODES[status],
    ...(sha === undefined ? {} : { sha }),
    artifacts: onceEach(
      runs.flatMap((run) => run.findings.map((finding) => verified(run, finding))),
    ),
    problems: distinct([
      ...problems.map((one) => problemReport(one)),
      ...found.flatMap((one) => one.problems.map((of) => problemReport(of, one.run.id))),
    ]),
    notes: [...notes, ...claimNotes(runs), ...runNotes(runs)],
  };
}

/** Adds problems that belong to no publisher of the commit, and decides the status again. */
export function withProblems(report: VerifyReport, problems: readonly Problem[]): VerifyReport {
  const all = [...report.problems, ...problems.map((one) => problemReport(one))];
  const status = statusOf(all);
  return { ...report, status, exitCode: EXIT_CODES[status], problems: all };
}

/**
 * Leaves out repeated rows: several builds of one commit share a name, such as the image's tag `<sha>`, or names that
 * clients resolve to each other, such as the two tags of a Go mirror's commit. What differs stays apart.
 */
function onceEach(artifacts: readonly VerifiedArtifact[]): readonly VerifiedArtifact[] {
  const named = Map.groupBy(artifacts, (one) => `${one.commit} ${distinctName(one)}`);
  return [...named.values()].flatMap(([first]) => first ?? []);
}

function verified(run: PublisherRun, finding: Finding): VerifiedArtifact {
  const proofs = proofsOf(run, finding.coordinate);
  return {
    ...shownArtifact(run, finding),
    commit: commitOf(finding, run),
    proofs: proofs.map(shownProof),
  };
}

function commitOf(finding: Finding, run: PublisherRun): VerifiedArtifact['commit'] {
  const { state } = finding;
  if (state === 'absent') return 'missing';
  if (state === 'unknown') return 'unknown';
  if (isProven(finding, run)) return 'proven';
  return isOurs(state) ? 'claimed' : 'wrong';
}

/**
 * True if a valid provenance of exactly these bytes names the commit that the artifact names itself. Then this
 * artifact is right, even if another one contradicts it, such as a second image of the commit.
 */
function isProven({ coordinate, digest, sha }: Finding, run: PublisherRun): boolean {
  return (
    sha === run.plan.sha &&
    proofsOf(run, coordinate).some(
      (one) => one.kind === 'provenance' && one.state === 'proven' && one.digest === digest,
    )
  );
}

/** Returns everything that keeps this run from being proven, each problem once. */
function problemsOf(run: PublisherRun): readonly Problem[] {
  const found = run.findings.flatMap((finding) => findingProblems(finding, run));
  return distinct([...run.problems, ...found]);
}

function findingProblems(finding: Finding, run: PublisherRun): readonly Problem[] {
  const { coordinate, state } = finding;
  if (state === 'unknown') return [finding.problem ?? noAnswer(coordinate)];
  if (state === 'absent') return [finding.problem ?? notThere(coordinate)];
  // Whatever its proofs say, it is not this commit's.
  if (!isOurs(state) && !isProven(finding, run)) return [wrong(finding)];
  const proofs = proofsOf(run, coordinate);
  // Without a proof in the answer, nothing is proven about this coordinate.
  if (proofs.length === 0 && run.publisher.proofs !== undefined)
    return [unproven({ coordinate, kind: 'proof' }, run)];
  return proofs.flatMap((proof) => proofProblems(proof, finding, run));
}

/** Returns why a proof does not hold of what was found. */
export function proofProblems(
  proof: Proof,
  { digest }: Finding,
  run: PublisherRun,
): readonly Problem[] {
  if (proof.state !== 'proven') return [proof.problem ?? unproven(proof, run)];
  return proof.digest === digest ? [] : [changed(proof)];
}

function notThere(coordinate: Finding['coordinate']): Problem {
  const name = formatCoordinate(coordinate);
  return problem({
    code: 'not-published-yet',
    kind: 'incomplete',
    message: `${name} is not published.`,
    hint: 'Publish the commit: ameide-release publish publishes what is missing.',
    coordinate: name,
  });
}

/** Names the coordinate: a publisher reports a problem of all names of a commit under one of them. */
function wrong(finding: Finding): Problem {
  const coordinate = formatCoordinate(finding.coordinate);
  return { ...(finding.problem ?? notOurs(finding)), coordinate };
}

function notOurs({ coordinate, sha }: Finding): Problem {
  const name = formatCoordinate(coordinate);
  return problem({
    code: 'other-commit',
    kind: 'conflict',
    message: `${name} names ${sha === undefined ? 'no commit' : `the commit ${sha}`}.`,
    hint: 'Find out who published it, and from what.',
    coordinate: name,
  });
}

/** The hint names one publisher alone: another one of this commit may lack a proof that no run can add any more. */
export function unproven(
  { coordinate, kind }: Pick<Proof, 'coordinate'> & { readonly kind: ProofKind | 'proof' },
  { id, publisher }: PublisherRun,
): Problem {
  const name = formatCoordinate(coordinate);
  return problem({
    code: 'not-proven',
    kind: 'incomplete',
    message: `${name} has no ${kind === 'proof' ? kind : PROOF_NAMES[kind]}.`,
    hint: `It was published before the definition asked for one, or by somebody else.${publisher.sign === undefined ? '' : ` publish signs it, in the job of this commit: ameide-release publish --only ${id} --hold-pointers`}`,
    rerun: 'after-fix',
    coordinate: name,
  });
}

function changed({ coordinate, kind }: Proof): Problem {
  const name = formatCoordinate(coordinate);
  return problem({
    code: 'changed-meanwhile',
    kind: 'unknown',
    message: `${name} was changed while it was verified: its ${PROOF_NAMES[kind]} is about other bytes than those read before.`,
    hint: 'Run the same command again.',
    coordinate: name,
    effect: 'none',
  });
}

/** Notes which artifacts are only claimed to be of this commit, so that nobody takes a claim for a proof. */
function claimNotes(runs: readonly PublisherRun[]): readonly string[] {
  const unasked = runs.filter(
    ({ findings, publisher }) => findings.length > 0 && publisher.proofs === undefined,
  );
  return [...new Set(unasked.map(({ id }) => id))].map(
    (id) =>
      `The definition asks for no proof of ${id}: that it was built from this commit is only claimed.`,
  );
}

/** Notes a run for one commit that signed for another. It may be right to, but only its workflow vouches for that. */
function runNotes(runs: readonly PublisherRun[]): readonly string[] {
  const proofs = runs.flatMap((run) => run.proofs ?? []);
  const found = proofs.flatMap(({ coordinate, runSha }) =>
    runSha === undefined
      ? []
      : [
          `${formatCoordinate(coordinate)} was signed by a run for another commit, ${runSha}: only the workflow says that it was built from this one.`,
        ],
  );
  return [...new Set(found)];
}
