import { createHttp, type Secret } from '@ameide/publisher-kit';
import {
  ok,
  type Problem,
  type Publisher,
  type Result,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';
import type { PushAccess } from '../access.ts';
import type { Mirror } from '../mirror/mirror.ts';
import type { MirrorBuilt, MirrorPlan } from '../mirror/plan.ts';
import type { ParsedOptions } from '../options.ts';
import { openAttestations } from './attestations.ts';
import type { ProvenancePorts } from './provenance.ts';

/** The provenance of a mirror's commits, if the options ask for one. */
export interface MirrorProvenance {
  /** The identity tokens that this run has got so far: nothing that is published may contain one. */
  secrets(): readonly Secret[];
  /** Checks that this job can make the provenance. Only reads. */
  check(plan: MirrorPlan, step: Step): Promise<readonly Problem[]>;
  /** Returns the mirror's commit of a plan if its provenance is valid; undefined if the options ask for none. */
  findProven(plan: MirrorPlan, step: Step): Promise<Result<string | undefined>>;
  readonly verbs: Pick<Publisher<MirrorPlan, MirrorBuilt>, 'sign' | 'proofs'>;
}

/** Loads the Sigstore libraries at the first use. */
export function mirrorProvenance(
  { ports: given = {}, provenance }: ParsedOptions,
  mirror: Mirror,
  { access, source }: { readonly access: () => PushAccess; readonly source: SourceTree },
): MirrorProvenance {
  if (!provenance) {
    const findProven = async (): Promise<Result<undefined>> => ok(undefined);
    return { secrets: () => [], check: async () => [], findProven, verbs: {} };
  }
  const exchanged: Secret[] = [];
  const ports: ProvenancePorts = {
    mirror,
    attestations: openAttestations(source, access),
    http: given.http ?? createHttp(),
    env: given.env ?? process.env,
    exchanged,
  };
  return {
    secrets: () => exchanged,
    async check(plan, step) {
      const { checkProvenance } = await import('./index.ts');
      return checkProvenance(plan, ports, step);
    },
    async findProven(plan, step) {
      const { findProven } = await import('./index.ts');
      return findProven(plan, ports, step);
    },
    verbs: {
      async sign(plan, step, _built, seen = []) {
        const { signMirror } = await import('./index.ts');
        return signMirror({ plan, ports, seen, step });
      },
      async proofs(plan, step) {
        const { mirrorProofs } = await import('./index.ts');
        return mirrorProofs(plan, ports, step);
      },
    },
  };
}
