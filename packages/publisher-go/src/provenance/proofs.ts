import {
  type ClassifiedProof,
  classifyProof,
  type ProofQuestion,
  sourceCommitOf,
  type Trusted,
} from '@ameide/publisher-kit/sigstore';
import {
  type Coordinate,
  type Finding,
  failed,
  formatCoordinate,
  isOurs,
  ok,
  type Problem,
  type Proof,
  problem,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { inspectRefs } from '../mirror/inspect.ts';
import type { MirrorPlan } from '../mirror/plan.ts';
import { unreadable } from '../problems.ts';
import { attestationRef } from './attestation-ref.ts';
import type { Attestation } from './attestations.ts';
import { notProven, notThere } from './problems.ts';
import { type ProvenancePorts, signerOf } from './provenance.ts';

/** The mirror's commit of a plan, and what vouches for it. */
export interface ReadProvenance {
  readonly finding: Finding;
  /** What the ref of the commit holds; absent if the version is not there. */
  readonly attestation?: Attestation;
  readonly classified: ClassifiedProof;
}

/** Reads the mirror's commit of a plan, and its provenance. Reads the refs again, because somebody may have moved one. */
export async function readProvenance(
  plan: MirrorPlan,
  ports: ProvenancePorts,
  step: Step,
): Promise<Result<ReadProvenance>> {
  const { mirror } = ports;
  const listed = await mirror.refs(step);
  const [finding] = await inspectRefs(plan, listed, { built: undefined, mirror, step });
  if (finding === undefined) throw new Error(`${plan.publisher} publishes nothing`);
  const { digest, problem: found, state } = finding;
  if (state === 'unknown' && found !== undefined) return failed(found);
  if (digest === undefined || 'failure' in listed)
    return ok({ finding, classified: { state: 'missing' } });
  const trusted = await signerOf(ports, plan).trusted();
  if (trusted.value === undefined) return trusted;
  const tip = listed.refs.attestations.get(attestationRef(digest));
  const attestation = await ports.attestations.read(digest, tip, step);
  if ('failure' in attestation) return failed(unreadable(plan.registry, attestation.failure));
  const classified = classifyAttestation(attestation, questionOf(plan, digest, trusted.value));
  return ok({ finding, attestation, classified });
}

/** What a provenance of a mirror's commit must say. `commit` is the mirror's. */
function questionOf(plan: MirrorPlan, commit: string, trusted: Trusted): ProofQuestion {
  return { ...subjectOf(plan, commit), from: sourceCommitOf(plan), trusted };
}

/** What a provenance is about: the commit, and the module that it holds. */
export function subjectOf(
  { content }: MirrorPlan,
  commit: string,
): Required<Pick<ProofQuestion, 'digest' | 'name'>> {
  return { digest: `gitCommit:${commit}`, name: content.module };
}

function classifyAttestation(
  { bundles, reason, tip }: Attestation,
  question: ProofQuestion,
): ClassifiedProof {
  if (tip === undefined) return { state: 'missing' };
  const classified = classifyProof('provenance', bundles, question);
  // Such a ref is for provenances alone.
  return classified.state === 'missing'
    ? { state: 'wrong', reason: reason ?? 'its ref holds no provenance' }
    : classified;
}

/** Returns the mirror's commit of a plan if it is ours and has a valid provenance; else the problem. */
export async function findProven(
  plan: MirrorPlan,
  ports: ProvenancePorts,
  step: Step,
): Promise<Result<string>> {
  const read = await readProvenance(plan, ports, step);
  if (read.value === undefined) return read;
  const { finding, classified } = read.value;
  const { coordinate, digest, problem: found, state } = finding;
  if (digest === undefined) return failed(notThere(coordinate, plan));
  if (!isOurs(state)) return failed(found ?? notProven(coordinate, digest, plan));
  return classified.state === 'proven' ? ok(digest) : failed(notProven(coordinate, digest, plan));
}

/** Returns whether the mirror's commit of a plan has a valid provenance. */
export async function mirrorProofs(
  plan: MirrorPlan,
  ports: ProvenancePorts,
  step: Step,
): Promise<readonly Proof[]> {
  const [coordinate] = plan.coordinates;
  if (coordinate === undefined) return [];
  const of = { coordinate, kind: 'provenance' } as const;
  const read = await readProvenance(plan, ports, step);
  if (read.value === undefined) return [{ ...of, state: 'unknown', problem: read.problems[0] }];
  const { finding, classified } = read.value;
  const { reason, ...facts } = classified;
  const { digest } = finding;
  const proof: Proof = { ...of, ...(digest === undefined ? {} : { digest }), ...facts };
  return [reason === undefined ? proof : { ...proof, problem: wrong(coordinate, reason) }];
}

function wrong(of: Coordinate, reason: string): Problem {
  const coordinate = formatCoordinate(of);
  return problem({
    code: 'go-wrong-provenance',
    kind: 'conflict',
    message: `The provenance of ${coordinate} is not valid: ${reason}.`,
    hint: 'Check that `identity` in the release definition and the trusted root are right. If they are, find out who pushed this provenance; publish adds a valid one before it.',
    coordinate,
    reason,
  });
}
