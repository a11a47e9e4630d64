/** Loads the Sigstore libraries, so it is imported only where a provenance is made or verified. */
export { checkProvenance } from './check.ts';
export { findProven, mirrorProofs } from './proofs.ts';
export { signMirror } from './sign.ts';
