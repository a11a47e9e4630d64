import type { Problem, Step } from '@ameide/versioning-core';
import type { MirrorPlan } from '../mirror/plan.ts';
import { attestationRef } from './attestation-ref.ts';
import { refTaken } from './problems.ts';
import { readProvenance } from './proofs.ts';
import { type ProvenancePorts, signerOf } from './provenance.ts';

/**
 * Checks that this job can make the provenance, unless a valid one is there. Signs nothing. Cannot tell whether the
 * host accepts the ref: only the push shows it.
 */
export async function checkProvenance(
  plan: MirrorPlan,
  ports: ProvenancePorts,
  step: Step,
): Promise<readonly Problem[]> {
  // `validate` has refused a definition without `identity`.
  if (plan.signing?.identity === undefined) return [];
  const read = await readProvenance(plan, ports, step);
  if (read.value === undefined) return read.problems;
  const { attestation, finding, classified } = read.value;
  if (classified.state === 'proven') return [];
  if (attestation?.canGrow === false) return [refTaken(finding, plan)];
  const refused = await signerOf(ports, plan).check(step.signal);
  if (refused !== undefined) return [refused];
  const ref = attestationRef(finding.digest ?? '<commit>');
  const message = `publish signs the provenance of ${plan.publisher} and pushes it to the mirror as ${ref}`;
  void step.emit({ publisher: plan.publisher, message, isNote: true });
  return [];
}
