export { type Attested, attestProvenance } from './attest.ts';
export type { CertificateFacts } from './certificate.ts';
export {
  type ClassifiedProof,
  classifyBundle,
  classifyProof,
  type ProofQuestion,
} from './classify-proof.ts';
export { checkKey, keySigner, type SigningKey } from './cosign.ts';
export { type IdentitySigner, identitySigner, planSigner } from './identity-signer.ts';
export { type IdentitySource, keylessSigner, SIGSTORE_AUDIENCE } from './keyless.ts';
export { checkOwnIdentity } from './own-identity.ts';
export { sigstoreProblem } from './problems.ts';
export {
  provenanceOf,
  SLSA_PROVENANCE,
  type SourceCommit,
  sourceCommitOf,
  sourceCommitsIn,
} from './provenance.ts';
export { BUNDLE_TYPE, type StatementSigner } from './signer.ts';
export { COSIGN_SIGN, type Statement, statementOf } from './statement.ts';
export { missingTrustedRoot, parseTrustedRoot, trustedRootOf } from './trust.ts';
export { type BundleVerdict, type Trusted, type Verified, verifyBundle } from './verify-bundle.ts';
