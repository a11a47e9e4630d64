import { afterWriting, type PushAnswer, remoteProblem } from '@ameide/publisher-kit';
import { attestProvenance, sourceCommitOf } from '@ameide/publisher-kit/sigstore';
import {
  type Coordinate,
  type Finding,
  findAnswer,
  formatCoordinate,
  isOurs,
  type Problem,
  type Result,
  type Signed,
  type Step,
} from '@ameide/versioning-core';
import type { MirrorPlan } from '../mirror/plan.ts';
import { attestationRef } from './attestation-ref.ts';
import { contended, notShown, notThere, refRefused, refTaken, replaced } from './problems.ts';
import { type ReadProvenance, readProvenance, subjectOf } from './proofs.ts';
import { type ProvenancePorts, signerOf } from './provenance.ts';

/** Pushes: another run may push a provenance of the same commit before each. */
const ATTEMPTS = 3;

/**
 * Makes the provenance of the mirror's commit and pushes it, unless a valid one is there. Keeps what the ref held
 * before. Signs no commit that is not ours. Reads everything back.
 */
export async function signMirror(signature: Signature): Promise<readonly Signed[]> {
  const [coordinate] = signature.plan.coordinates;
  return coordinate === undefined ? [] : [await signCommit(coordinate, signature)];
}

interface Signature {
  readonly plan: MirrorPlan;
  readonly ports: ProvenancePorts;
  /** What the mirror had when it was compared with the plan: only then are files that `prepare` makes compared. */
  readonly seen: readonly Finding[];
  readonly step: Step;
}

async function signCommit(coordinate: Coordinate, signature: Signature): Promise<Signed> {
  const { plan, ports, seen, step } = signature;
  const before = findAnswer(coordinate, seen)?.digest;
  let made: Made | undefined;
  let pushed: string | undefined;
  const blocked = (found: Problem, digest?: string): Signed => ({
    coordinate,
    kind: 'provenance',
    ...(digest === undefined ? {} : { digest }),
    outcome: 'blocked',
    problem: pushed === undefined ? found : afterWriting(found),
  });
  for (let attempt = 1; ; attempt += 1) {
    const read = await readProvenance(plan, ports, step);
    if (read.value === undefined) return blocked(read.problems[0]);
    const { finding, classified } = read.value;
    const { digest } = finding;
    if (digest === undefined || !isOurs(finding.state))
      return blocked(finding.problem ?? notThere(coordinate, plan));
    if (before !== undefined && before !== digest)
      return blocked(replaced(finding, before, plan), digest);
    if (classified.state === 'proven') {
      const { reason: _, state: __, ...facts } = classified;
      const outcome = pushed === digest ? 'signed' : 'already-signed';
      return { coordinate, kind: 'provenance', digest, ...facts, outcome };
    }
    if (pushed === digest) return blocked(notShown(coordinate, plan), digest);
    if (attempt > ATTEMPTS) return blocked(contended(coordinate, digest, plan), digest);
    if (made?.commit !== digest) {
      const bundle = await makeBundle(digest, signature);
      if (bundle.value === undefined) return blocked(bundle.problems[0], digest);
      made = { commit: digest, bundle: bundle.value };
    }
    const found = await push(made, read.value, signature);
    if (found === 'pushed') pushed = digest;
    else if (found !== 'changed') return blocked(found, digest);
  }
}

interface Made {
  /** The mirror's commit that was signed. */
  readonly commit: string;
  readonly bundle: Uint8Array;
}

async function makeBundle(
  commit: string,
  { plan, ports, step }: Signature,
): Promise<Result<Uint8Array>> {
  step.emit({ publisher: plan.publisher, message: 'signing its provenance' });
  const attested = { ...subjectOf(plan, commit), from: sourceCommitOf(plan) };
  return attestProvenance(signerOf(ports, plan), attested, ports.env, step.signal);
}

/** Returns `changed` if another run has pushed to the ref meanwhile. */
async function push(
  { bundle, commit }: Made,
  { attestation, finding }: ReadProvenance,
  { plan, ports, step }: Signature,
): Promise<'pushed' | 'changed' | Problem> {
  const { coordinate } = finding;
  if (attestation?.canGrow !== true) return refTaken(finding, plan);
  const { module, time } = plan.content;
  const message = `pushing ${attestationRef(commit)} to ${plan.registry}`;
  step.emit({ publisher: plan.publisher, message });
  const answer = await ports.attestations.add({ commit, module, time, bundle }, attestation, step);
  return outcomeOf(answer, { coordinate, commit, plan });
}

function outcomeOf(
  { failure, results: [result] }: PushAnswer,
  { coordinate, commit, plan }: { coordinate: Coordinate; commit: string; plan: MirrorPlan },
): 'pushed' | 'changed' | Problem {
  if (result?.outcome === 'ok' || result?.outcome === 'already') return 'pushed';
  if (failure !== undefined) {
    const what = `push ${attestationRef(commit)} to ${plan.registry}`;
    return remoteProblem({ code: 'go', what, failure, coordinate: formatCoordinate(coordinate) });
  }
  const hasChanged = result?.reason === 'stale' || result?.reason === 'exists';
  return hasChanged ? 'changed' : refRefused(coordinate, commit, plan, result ?? {});
}
