import type { Http, PacePorts, Processes } from '@ameide/publisher-kit';
import {
  type Problem,
  type Proof,
  PUBLIC_SIGSTORE,
  type Signed,
  type Step,
} from '@ameide/versioning-core';
import type { GhcrPlan } from '../plan.ts';
import type { RegistryClient } from '../registry/client.ts';
import type { SignOption } from './sign-option.ts';

/** What signing needs from outside. */
export interface SigningPorts extends PacePorts {
  readonly http: Http;
  readonly processes: Processes;
  readonly env: NodeJS.ProcessEnv;
}

/** Signs an image, and verifies what it carries. */
export interface ImageSigning {
  check(plan: GhcrPlan, step: Step): Promise<readonly Problem[]>;
  sign(plan: GhcrPlan, step: Step): Promise<readonly Signed[]>;
  proofs(plan: GhcrPlan, step: Step): Promise<readonly Proof[]>;
}

/** Loads the Sigstore libraries at the first use: most commands sign nothing. */
export function imageSigning(
  client: RegistryClient,
  option: SignOption,
  ports: SigningPorts,
): ImageSigning {
  const load = async ({ signing = { sigstore: PUBLIC_SIGSTORE } }: GhcrPlan) => {
    const library = await import('./index.ts');
    return { ...library, signer: library.imageSigner(option, signing, ports) };
  };
  return {
    async check(plan, step) {
      const { checkSigning, signer } = await load(plan);
      return checkSigning(client, plan, signer, step);
    },
    async sign(plan, step) {
      const { signImage, signer } = await load(plan);
      return signImage(client, plan, signer, step, ports);
    },
    async proofs(plan, step) {
      const { imageProofs, signer } = await load(plan);
      return imageProofs(client, plan, signer, step.signal);
    },
  };
}
