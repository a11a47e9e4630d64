import { type Bundle, bundleFromJSON } from '@sigstore/bundle';
import { STATEMENT_TYPE, type Statement } from './statement.ts';

/** A bundle and what it states. Nothing of it is verified yet. */
export interface ReadBundle {
  readonly bundle: Bundle;
  readonly statement: Statement;
}

/** The library takes any version. */
const MEDIA_TYPE =
  /^application\/vnd\.dev\.sigstore\.bundle(?:\.v0\.3\+json|\+json;version=0\.[123])$/;

/** Undefined for anything but a Sigstore bundle (sigstore/protobuf-specs) with an in-toto statement. */
export function readBundle(bytes: Uint8Array): ReadBundle | undefined {
  try {
    const bundle = bundleFromJSON(JSON.parse(Buffer.from(bytes).toString()));
    if (!MEDIA_TYPE.test(bundle.mediaType) || !isSmall(bundle) || !agreeWithThemselves(bundle))
      return undefined;
    if (bundle.content.$case !== 'dsseEnvelope') return undefined;
    const { payload, payloadType } = bundle.content.dsseEnvelope;
    const statement: unknown = JSON.parse(payload.toString());
    return payloadType === STATEMENT_TYPE && isStatement(statement)
      ? { bundle, statement }
      : undefined;
  } catch {
    return undefined;
  }
}

/** How many log entries a bundle may have, and how many timestamps: the limits of sigstore-go (pkg/verify, tlog.go and tsa.go). */
const MAX_WITNESSES = 32;

/** Bytes that a certificate may have, and a timestamp with its certificates. Real ones have some thousands. */
const MAX_DER = 32 * 1024;

/**
 * Returns false for a bundle that could take hours to read. Anybody can make a bundle. Before the library verifies anything, it
 * compares every log entry and every timestamp with all others, and reads numbers in certificates in quadratic time.
 */
function isSmall({ verificationMaterial }: Bundle): boolean {
  const { content, timestampVerificationData, tlogEntries } = verificationMaterial;
  const timestamps = timestampVerificationData?.rfc3161Timestamps ?? [];
  const encoded = [
    ...certificatesIn(content),
    ...timestamps.map(({ signedTimestamp }) => signedTimestamp),
  ];
  return (
    tlogEntries.length <= MAX_WITNESSES &&
    timestamps.length <= MAX_WITNESSES &&
    encoded.every(({ length }) => length <= MAX_DER)
  );
}

function certificatesIn(
  content: Bundle['verificationMaterial']['content'],
): readonly { readonly length: number }[] {
  if (content.$case === 'certificate') return [content.certificate.rawBytes];
  // The library reads only the first.
  return content.$case === 'x509CertificateChain'
    ? content.x509CertificateChain.certificates.slice(0, 1).map(({ rawBytes }) => rawBytes)
    : [];
}

/**
 * True if each proof of inclusion has the size and the root of its own checkpoint, which the log has signed; in
 * version 2 of the log, also the index of its entry. The library verifies the proof with the checkpoint's size and
 * root and its own index, and does not look at the others.
 */
function agreeWithThemselves({ verificationMaterial: { tlogEntries } }: Bundle): boolean {
  return tlogEntries.every(({ inclusionProof, kindVersion, logIndex }) => {
    if (inclusionProof?.checkpoint === undefined) return true;
    const { checkpoint, rootHash, treeSize } = inclusionProof;
    // C2SP, tlog-checkpoint: origin, size, root.
    const [, size, root] = checkpoint.envelope.split('\n');
    // In version 1 the index also counts the entries of older trees, and the log's promise covers it.
    const isSecond = kindVersion?.version === '0.0.2' && kindVersion.kind !== 'intoto';
    return (
      size === treeSize &&
      root === rootHash.toString('base64') &&
      (!isSecond || logIndex === inclusionProof.logIndex)
    );
  });
}

function isStatement(value: unknown): value is Statement {
  const { predicate, predicateType, subject } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return (
    typeof predicateType === 'string' &&
    (predicate === undefined || typeof predicate === 'object') &&
    Array.isArray(subject) &&
    subject.every(isSubject)
  );
}

/** Anybody can have any statement certified and logged: a valid signature says nothing of its form. */
function isSubject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { digest, name } = value as Readonly<Record<string, unknown>>;
  return (
    typeof digest === 'object' &&
    digest !== null &&
    (name === undefined || typeof name === 'string')
  );
}
