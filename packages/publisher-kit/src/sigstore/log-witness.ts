import { createHash } from 'node:crypto';
import type { Sigstore } from '@ameide/versioning-core';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import { RekorWitness, type SignatureBundle, type Witness } from '@sigstore/sign';

const RETRY = { retries: 2 };

/**
 * How long one attempt may take. Version 2 answers when the entry is in a published checkpoint: its clients
 * wait at least 20 seconds (rekor-tiles, CLIENTS.md).
 */
const TIMEOUT_MS = { 1: 10_000, 2: 30_000 } as const;

/** Writes signed envelopes into the transparency log of `sigstore`, in the form that its version takes. */
export function logWitness({ rekor, rekorVersion = 1 }: Sigstore): Witness {
  const options = { rekorBaseURL: rekor, retry: RETRY, timeout: TIMEOUT_MS[rekorVersion] };
  if (rekorVersion === 1) return new RekorWitness({ ...options, entryType: 'dsse' });
  const log = new RekorWitness({ ...options, majorApiVersion: 2 });
  return { testify: async (content, key) => log.testify(signedMessage(content), key) };
}

/**
 * An envelope as version 2 takes it: `hashedrekord` with the digest of what was signed. The library would
 * send a `dsse` entry, which the log refuses ("invalid type, must be hashedrekord").
 */
function signedMessage(content: SignatureBundle): SignatureBundle {
  if (content.$case !== 'dsseEnvelope') return content;
  const { payload, payloadType, signatures } = content.dsseEnvelope;
  const digest = createHash('sha256').update(encoded(payloadType, payload)).digest();
  return {
    $case: 'messageSignature',
    messageSignature: {
      messageDigest: { algorithm: HashAlgorithm.SHA2_256, digest },
      signature: signatures[0]?.sig ?? Buffer.of(),
    },
  };
}

/** The bytes that are signed (DSSE, "PAE definition"). */
function encoded(type: string, payload: Buffer): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}
