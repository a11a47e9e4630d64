/** Loads the Sigstore libraries, so it is imported only where an attestation is made or verified. */
export { attestFiles } from './attest.ts';
export { checkSigner } from './check.ts';
export { fileProofs } from './proofs.ts';
