export { type Attested, attestProvenance } from './attest.ts';
export type { CertificateFacts } from './certificate.ts';
export { checkKey, keySigner, type SigningKey } from './cosign.ts';
export { type IdentitySigner, identitySigner, planSigner } from './identity-signer.ts';
export { type Judgement, judge, kindOf, type Question } from './judge.ts';
export { AUDIENCE, type IdentitySource, keylessSigner } from './keyless.ts';
export { checkOwnIdentity } from './own-identity.ts';
export { sigstoreProblem } from './problems.ts';
export {
  type BuiltFrom,
  builtFrom,
  provenanceOf,
  SLSA_PROVENANCE,
  sourcesOf,
} from './provenance.ts';
export { BUNDLE_TYPE, type StatementSigner } from './signer.ts';
export { COSIGN_SIGN, type Statement, statementOf } from './statement.ts';
export { missingTrustedRoot, parseTrustedRoot, trustedRootOf } from './trust.ts';
export { type BundleVerdict, type Trusted, type Verified, verifyBundle } from './verify-bundle.ts';
