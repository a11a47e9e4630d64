/** Loads the Sigstore libraries, so it is imported only where a provenance is made or verified. */
export { attestPackage } from './attest.ts';
export { checkSigner } from './check.ts';
export { packageProofs } from './proofs.ts';
