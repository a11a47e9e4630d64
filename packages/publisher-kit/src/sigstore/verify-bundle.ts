import { createHash, createPublicKey } from 'node:crypto';
import type { SigningIdentity } from '@ameide/versioning-core';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { type Signer, toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { type CertificateFacts, factsOf } from './certificate.ts';
import { identityFault } from './identity-match.ts';
import { type ReadBundle, readBundle } from './read-bundle.ts';
import { shownList } from './shown-list.ts';
import { parseDigest, type Statement } from './statement.ts';

/** Whose signatures count. */
export type Trusted =
  | { readonly by: 'identity'; readonly identity: SigningIdentity; readonly root: TrustedRoot }
  | {
      readonly by: 'key';
      /** PEM. */
      readonly publicKey: string;
      /** Absent: the signature need not be in a transparency log. */
      readonly root?: TrustedRoot;
    };

/** What a valid bundle proves. */
export interface Verified {
  readonly statement: Statement;
  /** For people and reports: the certificate's workflow and ref, or `key sha256:<hex>`. */
  readonly signer: string;
  /** Absent for a key. */
  readonly certificate?: CertificateFacts;
}

export type BundleVerdict =
  | { readonly value: Verified; readonly fault?: undefined }
  | {
      /**
       * - `malformed`: no Sigstore bundle with a statement.
       * - `invalid`: signature, certificate, log entry or timestamp do not hold.
       * - `other-signer`: valid, and by somebody else.
       * - `other-subject`: valid, and about other bytes.
       */
      readonly fault: 'malformed' | 'invalid' | 'other-signer' | 'other-subject';
      readonly reason: string;
      readonly value?: undefined;
    };

/** What a bundle must be about. */
export interface BundleSubject {
  /** `sha256:<hex>` or `sha512:<hex>` of the bytes, or `gitCommit:<full id>`. */
  readonly digest: string;
  /** What a registry calls them. Absent: the name in the statement does not matter. */
  readonly name?: string;
}

/** Verifies a bundle about the bytes with this digest, and of this name if one is given. Offline. */
export function verifyBundle(
  bytes: Uint8Array,
  digest: BundleSubject['digest'],
  trusted: Trusted,
  name?: BundleSubject['name'],
): BundleVerdict {
  const read = readBundle(bytes);
  return read === undefined
    ? { fault: 'malformed', reason: 'it is no Sigstore bundle with an in-toto statement' }
    : verifyReadBundle(read, digest, trusted, name);
}

/** As `verifyBundle`, for a bundle that was read already. */
export function verifyReadBundle(
  { bundle, statement }: ReadBundle,
  digest: BundleSubject['digest'],
  trusted: Trusted,
  name?: BundleSubject['name'],
): BundleVerdict {
  let signer: Signer;
  try {
    signer = verifierOf(trusted).verify(toSignedEntity(bundle));
  } catch (error) {
    // Other people's bytes can break the library in any way.
    const reason = error instanceof Error ? error.message : String(error);
    return { fault: 'invalid', reason };
  }
  const reason = subjectFault(statement, digest, name);
  if (reason !== undefined) return { fault: 'other-subject', reason };
  if (trusted.by === 'key') {
    // Anybody can have a certificate of the same Sigstore.
    if (signer.identity !== undefined)
      return { fault: 'other-signer', reason: 'it was not signed with the key' };
    return { value: { statement, signer: `key ${keyDigest(trusted.publicKey)}` } };
  }
  const certificate = factsOf(signer);
  const difference = identityFault(certificate, trusted.identity);
  if (certificate === undefined || difference !== undefined)
    return { fault: 'other-signer', reason: difference ?? 'its certificate names nobody' };
  return { value: { statement, certificate, signer: certificate.workflow } };
}

function subjectFault(
  { subject }: Statement,
  digest: string,
  name: string | undefined,
): string | undefined {
  const { algorithm, hex } = parseDigest(digest);
  const equal = subject.filter((one) => one.digest[algorithm] === hex);
  if (equal.length === 0) return `it is not about ${digest}`;
  if (name === undefined || equal.some((one) => one.name === name)) return undefined;
  return `it is about ${shownList(equal.map((one) => one.name ?? 'something without a name'))}, not about ${name}`;
}

function verifierOf(trusted: Trusted): Verifier {
  if (trusted.by === 'identity') return new Verifier(toTrustMaterial(trusted.root));
  const { publicKey, root } = trusted;
  const key = { publicKey: createPublicKey(publicKey), validFor: () => true };
  const isLogged = root === undefined ? 0 : 1;
  return new Verifier(
    toTrustMaterial(root ?? NOBODY, () => key),
    { ctlogThreshold: 0, tlogThreshold: isLogged, timestampThreshold: isLogged },
  );
}

const NOBODY: TrustedRoot = {
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  certificateAuthorities: [],
  ctlogs: [],
  timestampAuthorities: [],
  tlogs: [],
};

/** Of the key's DER, as cosign names keys. */
function keyDigest(publicKey: string): string {
  const der = createPublicKey(publicKey).export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(der).digest('hex')}`;
}
