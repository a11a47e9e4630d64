import type {
  ArtifactProof,
  ImageAnswer,
  ImageReference,
  ImageRegistry,
  ReleaseAnswer,
  ReleaseArtifact,
} from '@ameide/deploy-policy';
import { onceForEach } from '@ameide/publisher-kit';
import {
  type Finding,
  formatCoordinate,
  InvalidInputError,
  isOurs,
  type Problem,
  unixSeconds,
} from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import type { Ended } from '../run/emitter.ts';
import { noAnswer } from '../run/findings.ts';
import { inObservedContext } from '../run/observed-context.ts';
import { type PublisherRun, proofsOf } from '../run/publisher-run.ts';
import { inspectCoordinate } from '../run/read-registry.ts';
import { type OpenedCommit, openCommit } from '../trace/open-commit.ts';
import { openRunsAtHead, publishes } from '../trace/open-publisher.ts';
import type { TraceOptions } from '../trace/trace.ts';
import { verifyRuns } from '../verify/verify.ts';
import {
  proofProblems,
  unproven,
  type VerifiedArtifact,
  verifyReport,
} from '../verify/verify-report.ts';

/** Asks the registries of a release definition about images, in one run with its events. */
export async function withImageRegistry<R extends Ended>(
  options: TraceOptions,
  ask: (registry: ImageRegistry) => Promise<R>,
): Promise<R> {
  const { commit, runs } = await openRunsAtHead(options);
  const images = runs.filter(({ publisher }) =>
    publisher.members.some(({ ecosystem }) => ecosystem === 'oci'),
  );
  return inObservedContext({ command: 'deploy', commit, runs: images }, options, async (context) =>
    ask({
      readImage: async (reference) => readImage(reference, images, context),
      // A rollback asks twice: whose a tag is, and what to pin.
      readRelease: onceForEach(async (sha: string) => readRelease(sha, options, context)),
    }),
  );
}

async function readImage(
  { digest = '', name, tag }: ImageReference,
  runs: readonly PublisherRun[],
  context: RunContext,
): Promise<ImageAnswer> {
  const coordinate = { ecosystem: 'oci', name, version: tag ?? digest } as const;
  const run = runs.find((one) => publishes(one, coordinate));
  if (run === undefined) return { state: 'unknown-image' };
  const { problems, value = [] } = await inspectCoordinate(coordinate, run, context);
  const [finding] = value;
  if (finding?.state === 'absent') return { state: 'absent' };
  const { digest: bytes, problem: reason, sha, state = 'unknown' } = finding ?? {};
  if (state === 'unknown' || bytes === undefined)
    return { state: 'unknown', problem: reason ?? problems[0] ?? noAnswer(coordinate) };
  return { state: 'found', digest: bytes, ...(sha === undefined ? {} : { sha }) };
}

/** Everything that was published from a commit, and its proofs. */
async function readRelease(
  sha: string,
  options: TraceOptions,
  context: RunContext,
): Promise<ReleaseAnswer> {
  const opened = await openIfKnown(sha, options);
  const { current } = opened ?? {};
  if (opened === undefined || current === undefined) return { state: 'unknown-commit' };
  const runs = await verifyRuns(opened, context);
  const { canonical, versions } = current;
  return {
    state: 'found',
    release: {
      sha,
      datetime: `${new Date(unixSeconds(canonical.datetime) * 1000).toISOString().slice(0, 19)}Z`,
      version: versions.npm.version,
      artifacts: [
        ...verifyReport({ sha, runs }).artifacts.map((one) => releaseArtifact(one, runs)),
        ...runs.flatMap(unreadArtifacts),
      ],
      problems: [...opened.problems, ...runs.flatMap(unanswered)],
    },
  };
}

async function openIfKnown(sha: string, options: TraceOptions): Promise<OpenedCommit | undefined> {
  try {
    return await openCommit(sha, options);
  } catch (error) {
    if (error instanceof InvalidInputError && error.field === 'ref') return undefined;
    throw error;
  }
}

const STATES: Readonly<Record<VerifiedArtifact['commit'], ReleaseArtifact['state']>> = {
  proven: 'published',
  claimed: 'published',
  missing: 'missing',
  wrong: 'wrong',
  unknown: 'unknown',
};

function releaseArtifact(
  { commit, coordinate, digest, publisher }: VerifiedArtifact,
  runs: readonly PublisherRun[],
): ReleaseArtifact {
  const isIt = (one: Finding): boolean => formatCoordinate(one.coordinate) === coordinate;
  const run = runs.find(({ findings, id }) => id === publisher && findings.some(isIt));
  const finding = run?.findings.find(isIt);
  return {
    coordinate,
    state: STATES[commit],
    ...(digest === undefined ? {} : { digest }),
    proofs: run === undefined || finding === undefined ? [] : proofsIn(run, finding),
  };
}

/** The proofs of an artifact; one that is `unknown` if they were asked for and could not be read. */
function proofsIn(run: PublisherRun, finding: Finding): readonly ArtifactProof[] {
  const { problems, publisher } = run;
  const { coordinate, state: found } = finding;
  const proofs = proofsOf(run, coordinate);
  if (proofs.length === 0 && publisher.proofs !== undefined && isOurs(found)) {
    const reason = problems[0] ?? unproven({ coordinate, kind: 'proof' }, run);
    return [{ kind: 'signature', state: 'unknown', problem: reason }];
  }
  return proofs.map((proof) => {
    const { kind, state } = proof;
    const [reason] = proofProblems(proof, finding, run);
    if (reason === undefined || state === 'missing' || state === 'wrong') return { kind, state };
    return { kind, state: 'unknown', problem: reason };
  });
}

/** What a run would publish, if its registry did not answer at all. */
function unreadArtifacts({ findings, plan }: PublisherRun): readonly ReleaseArtifact[] {
  if (findings.length > 0) return [];
  return plan.coordinates.map((coordinate) => ({
    coordinate: formatCoordinate(coordinate),
    state: 'unknown',
    proofs: [],
  }));
}

/** What the registry of a run did not say. */
function unanswered({ findings, problems }: PublisherRun): readonly Problem[] {
  if (findings.length === 0) return problems;
  return findings.flatMap(({ coordinate, problem: reason, state }) =>
    state === 'unknown' ? [reason ?? noAnswer(coordinate)] : [],
  );
}
