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
import type { ImageSigner } from './image-signer.ts';
import type { SignOption } from './sign-option.ts';
import type { SignedPlan } from './statement-for.ts';

/** The outside world, as signing needs it. */
export interface SigningPorts extends PacePorts {
  readonly http: Http;
  readonly processes: Processes;
  readonly env: NodeJS.ProcessEnv;
}

/** Signs one image, and verifies the proofs that it carries. */
export interface ImageSigning {
  check(plan: GhcrPlan, step: Step): Promise<readonly Problem[]>;
  sign(signed: SignedPlan, step: Step): Promise<readonly Signed[]>;
  /** True if the image is to get an SBOM and has no valid one yet. */
  needsBuild(plan: GhcrPlan, step: Step): Promise<boolean>;
  proofs(plan: GhcrPlan, step: Step): Promise<readonly Proof[]>;
  /** Returns the problem if no tag may move to the image with this digest. */
  findUnproven(plan: GhcrPlan, digest: string, step: Step): Promise<Problem | undefined>;
}

/** Loads the Sigstore libraries at the first use: most commands sign nothing. */
export function imageSigning(
  client: RegistryClient,
  option: SignOption,
  ports: SigningPorts,
): ImageSigning {
  const signerOf = async ({
    signing = { sigstore: PUBLIC_SIGSTORE },
  }: GhcrPlan): Promise<ImageSigner> => {
    const { imageSigner } = await import('./image-signer.ts');
    return imageSigner(option, signing, ports);
  };
  return {
    async check(plan, step) {
      const { checkSigning } = await import('./check-signing.ts');
      return checkSigning(client, plan, await signerOf(plan), step);
    },
    async sign(signed, step) {
      const { signImage } = await import('./sign-image.ts');
      return signImage(client, signed, await signerOf(signed.plan), step, ports);
    },
    async needsBuild(plan, step) {
      const { lacksSbom } = await import('./proofs.ts');
      return lacksSbom(client, plan, await signerOf(plan), step.signal);
    },
    async proofs(plan, step) {
      const { imageProofs } = await import('./proofs.ts');
      return imageProofs(client, plan, await signerOf(plan), step.signal);
    },
    async findUnproven(plan, digest, step) {
      const { findUnproven } = await import('./proofs.ts');
      return findUnproven(client, { plan, digest }, await signerOf(plan), step.signal);
    },
  };
}
