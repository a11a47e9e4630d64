/** Loads the Sigstore libraries, so it is imported only where something is signed or verified. */
export { checkSigning } from './check-signing.ts';
export { imageSigner } from './image-signer.ts';
export { imageProofs } from './proofs.ts';
export { signImage } from './sign-image.ts';
