import type { Http, Secret } from '@ameide/publisher-kit';
import { type IdentitySigner, planSigner } from '@ameide/publisher-kit/sigstore';
import type { Mirror } from '../mirror/mirror.ts';
import type { MirrorPlan } from '../mirror/plan.ts';
import type { Attestations } from './attestations.ts';

/** What making and verifying the provenance of a mirror's commits needs. */
export interface ProvenancePorts {
  readonly mirror: Mirror;
  readonly attestations: Attestations;
  readonly http: Http;
  /** The variables of the CI job. */
  readonly env: NodeJS.ProcessEnv;
  /** Receives each identity token: nothing that is published may contain one. */
  readonly exchanged: Secret[];
}

/** Throws for a plan that `validate` refuses. */
export function signerOf(ports: ProvenancePorts, { signing }: MirrorPlan): IdentitySigner {
  return planSigner(signing, 'whose provenance is accepted', ports);
}
