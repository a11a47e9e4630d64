export type { CertificateFacts } from './certificate.ts';
export { checkKey, keySigner, type SigningKey } from './cosign.ts';
export { AUDIENCE, type IdentitySource, keylessSigner } from './keyless.ts';
export { BUNDLE_TYPE, type StatementSigner } from './signer.ts';
export { COSIGN_SIGN, type Statement, statementOf } from './statement.ts';
export { PUBLIC_SIGSTORE, parseTrustedRoot, trustedRootOf } from './trust.ts';
export { type BundleVerdict, type Trusted, type Verified, verifyBundle } from './verify-bundle.ts';
