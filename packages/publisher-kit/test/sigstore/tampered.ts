/** A bundle as JSON, as far as it is changed here. */
// biome-ignore lint/suspicious/noExplicitAny: any part of it may be replaced by anything
// oxlint-disable-next-line typescript/no-explicit-any -- the same
type BundleJson = any;

/** Changes a bundle. `other` is a valid one, by the same signer, about other bytes. */
export type Change = (bundle: BundleJson, other: BundleJson) => unknown;

/** Changes one bit in the middle. */
function flipped(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  return bytes.toString('base64');
}

function statement(bundle: BundleJson, change: (of: BundleJson) => void): void {
  const envelope = bundle.dsseEnvelope;
  const decoded = JSON.parse(Buffer.from(envelope.payload, 'base64').toString());
  change(decoded);
  envelope.payload = Buffer.from(JSON.stringify(decoded)).toString('base64');
}

function entry(bundle: BundleJson): BundleJson {
  return bundle.verificationMaterial.tlogEntries[0];
}

function times(bundle: BundleJson): BundleJson {
  return bundle.verificationMaterial.timestampVerificationData.rfc3161Timestamps;
}

/** What somebody could do to a bundle who cannot sign as its signer. */
export const CHANGES: Readonly<Record<string, Change>> = {
  'the payload has one other bit': ({ dsseEnvelope: it }) => (it.payload = flipped(it.payload)),
  'the statement is about other bytes': (bundle) =>
    statement(bundle, ({ subject }) => (subject[0].digest.sha256 = 'ff'.repeat(32))),
  'the statement has a second subject': (bundle) =>
    statement(bundle, ({ subject }) => subject.push({ digest: { sha256: 'ff'.repeat(32) } })),
  'the statement has another predicate': (bundle) =>
    statement(bundle, (it) => (it.predicate = { builder: 'nobody' })),
  'the payload is empty': ({ dsseEnvelope: it }) => (it.payload = ''),
  'the payload is another one': ({ dsseEnvelope: it }, other) =>
    (it.payload = other.dsseEnvelope.payload),
  'the type of the payload is another one': ({ dsseEnvelope: it }) =>
    (it.payloadType = 'application/json'),
  'the signature has one other bit': ({ dsseEnvelope: { signatures } }) =>
    (signatures[0].sig = flipped(signatures[0].sig)),
  'the signature is shorter': ({ dsseEnvelope: { signatures } }) =>
    (signatures[0].sig = signatures[0].sig.slice(0, 40)),
  'the signature is empty': ({ dsseEnvelope: { signatures } }) => (signatures[0].sig = ''),
  'the signature is another one': ({ dsseEnvelope: it }, other) =>
    (it.signatures = other.dsseEnvelope.signatures),
  'there is no signature': ({ dsseEnvelope: it }) => (it.signatures = []),
  'there are two signatures': ({ dsseEnvelope: it }) => it.signatures.push(it.signatures[0]),
  'the certificate has one other bit': ({ verificationMaterial: { certificate } }) =>
    (certificate.rawBytes = flipped(certificate.rawBytes)),
  'the certificate is another one': ({ verificationMaterial: it }, other) =>
    (it.certificate = other.verificationMaterial.certificate),
  'there is no certificate': ({ verificationMaterial: it }) => delete it.certificate,
  'a key stands in place of the certificate': ({ verificationMaterial: it }) => {
    delete it.certificate;
    it.publicKey = { hint: '' };
  },
  'the log entry is another one': ({ verificationMaterial: it }, other) =>
    (it.tlogEntries = other.verificationMaterial.tlogEntries),
  'there is no log entry': ({ verificationMaterial: it }) => (it.tlogEntries = []),
  'the log entry is there twice': ({ verificationMaterial: it }) =>
    it.tlogEntries.push(it.tlogEntries[0]),
  'the time of the log entry is another one': (bundle) =>
    (entry(bundle).integratedTime = `${Number(entry(bundle).integratedTime) + 1}`),
  'the index of the log entry is another one': (bundle) =>
    (entry(bundle).logIndex = `${Number(entry(bundle).logIndex) + 1}`),
  'the log entry is of another log': (bundle) =>
    (entry(bundle).logId.keyId = flipped(entry(bundle).logId.keyId)),
  'the body of the log entry has one other bit': (bundle) =>
    (entry(bundle).canonicalizedBody = flipped(entry(bundle).canonicalizedBody)),
  'the body of the log entry is another one': (bundle, other) =>
    (entry(bundle).canonicalizedBody = entry(other).canonicalizedBody),
  "the log's promise has one other bit": (bundle) => {
    const it = entry(bundle).inclusionPromise;
    it.signedEntryTimestamp = flipped(it.signedEntryTimestamp);
  },
  "the log's promise is another one": (bundle, other) =>
    (entry(bundle).inclusionPromise = entry(other).inclusionPromise),
  'the root of the log’s tree is another one': (bundle) => {
    const it = entry(bundle).inclusionProof;
    it.rootHash = flipped(it.rootHash);
  },
  'the checkpoint has another root': (bundle) => {
    const { checkpoint } = entry(bundle).inclusionProof;
    const lines = checkpoint.envelope.split('\n');
    lines[2] = flipped(lines[2]);
    checkpoint.envelope = lines.join('\n');
  },
  'the checkpoint is not signed': (bundle) => {
    const { checkpoint } = entry(bundle).inclusionProof;
    checkpoint.envelope = `${checkpoint.envelope.split('\n\n')[0]}\n\n`;
  },
  'the tree is larger': (bundle) => {
    const it = entry(bundle).inclusionProof;
    it.treeSize = `${Number(it.treeSize) + 1}`;
  },
  'the log proves and promises nothing': (bundle) => {
    delete entry(bundle).inclusionProof;
    delete entry(bundle).inclusionPromise;
  },
  'the timestamp has one other bit': (bundle) =>
    (times(bundle)[0].signedTimestamp = flipped(times(bundle)[0].signedTimestamp)),
  'the timestamp is another one': (bundle, other) =>
    (times(bundle)[0].signedTimestamp = times(other)[0].signedTimestamp),
  'the timestamp is there twice': (bundle) => times(bundle).push(times(bundle)[0]),
  'the bundle is of a version that does not exist': (bundle) =>
    (bundle.mediaType = 'application/vnd.dev.sigstore.bundle.v9.9+json'),
  'the bundle has no version': (bundle) => delete bundle.mediaType,
  'the bundle has no envelope': (bundle) => delete bundle.dsseEnvelope,
};
