import {
  COSIGN_SIGN,
  provenanceOf,
  SLSA_PROVENANCE,
  type Statement,
  statementOf,
} from '@ameide/publisher-kit/sigstore';
import { type Finding, ok, type ProofKind, type Result } from '@ameide/versioning-core';
import { CREATED } from '../image/media-types.ts';
import type { GhcrBuilt, GhcrPlan } from '../plan.ts';
import { unbuiltSbom } from '../sbom/problems.ts';
import { readSbom } from '../sbom/sbom-file.ts';

/** What to sign: a plan, and what this run has built of it. */
export interface SignedPlan {
  readonly plan: GhcrPlan;
  readonly built: GhcrBuilt | undefined;
  /** What the registry had when it was compared with the plan; absent if nobody did. */
  readonly seen?: readonly Finding[] | undefined;
}

/** Returns the statement to sign for one kind of proof, about the image with this digest. */
export async function statementFor(
  kind: ProofKind,
  digest: string,
  { built, plan }: SignedPlan,
  env: NodeJS.ProcessEnv,
): Promise<Result<Statement>> {
  const { image: name, publisher } = plan;
  if (kind === 'signature') return ok(statementOf(digest, { predicateType: COSIGN_SIGN }));
  if (kind === 'provenance') return ok(provenanceFor(digest, plan, env));
  if (built?.sbom === undefined) return unbuiltSbom({ publisher, path: plan.sbom ?? '' });
  const sbom = await readSbom(publisher, built.sbom);
  return sbom.value === undefined ? sbom : ok(statementOf(digest, { name, ...sbom.value }));
}

function provenanceFor(
  digest: string,
  { image, labels, sha, signing }: GhcrPlan,
  env: NodeJS.ProcessEnv,
): Statement {
  const repository = signing?.identity?.repository ?? labels['org.opencontainers.image.source'];
  return statementOf(digest, {
    name: image,
    predicateType: SLSA_PROVENANCE,
    predicate: provenanceOf({ repository, sha }, env),
  });
}

/** Returns the annotations of an attached bundle, as cosign writes them. cosign finds bundles by the last one. */
export function annotationsOf(
  { predicateType }: Statement,
  { created }: GhcrPlan,
): Readonly<Record<string, string>> {
  return {
    [CREATED]: created,
    'dev.sigstore.bundle.content': 'dsse-envelope',
    'dev.sigstore.bundle.predicateType': predicateType,
  };
}
