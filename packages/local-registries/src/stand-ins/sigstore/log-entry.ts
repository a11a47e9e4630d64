import { createHash, verify } from 'node:crypto';
import { parseVerifier, type Verifier } from '../../sigstore-trust/pem.ts';
import { Refusal } from './service-answer.ts';

/** An entry in the form in which Rekor stores it, and the hashes by which Rekor finds it. */
export interface CanonicalEntry {
  readonly kind: string;
  readonly apiVersion: string;
  readonly spec: object;
  /** SHA-256 in hex: of the payload, the envelope, and of what an in-toto statement is about. */
  readonly hashes: readonly string[];
}

interface Proposed<Spec> {
  readonly kind: string;
  readonly apiVersion: string;
  readonly spec: Spec;
}

interface DsseSpec {
  readonly proposedContent: { readonly envelope: string; readonly verifiers: readonly string[] };
}

interface Envelope {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly sig: string }[];
}

interface IntotoSpec {
  readonly content: {
    /** Payload and signature are in base64 twice. */
    readonly envelope: {
      readonly payload: string;
      readonly payloadType: string;
      readonly signatures: readonly { sig: string; publicKey: string; keyid?: string }[];
    };
    readonly hash: Hash;
    readonly payloadHash?: Hash;
  };
}

interface HashedRekordSpec {
  readonly data: { readonly hash: Hash };
  readonly signature: {
    readonly content: string;
    readonly publicKey: { readonly content: string };
  };
}

interface Hash {
  readonly algorithm: string;
  readonly value: string;
}

/**
 * Checks a proposed entry as Rekor does, and brings it into the form that Rekor stores: without the
 * payload, which Rekor never keeps. Source: `pkg/types/{dsse,intoto,hashedrekord}` of Rekor v1. Unlike
 * Rekor it does not check the signature of a hashedrekord, since Node.js verifies no ECDSA signature
 * of a hash alone.
 */
export function canonicalEntry(proposed: unknown): CanonicalEntry {
  const { kind, apiVersion } = proposed as Proposed<unknown>;
  switch (`${kind} ${apiVersion}`) {
    case 'dsse 0.0.1':
      return dsse(proposed as Proposed<DsseSpec>);
    case 'intoto 0.0.2':
      return intoto(proposed as Proposed<IntotoSpec>);
    case 'hashedrekord 0.0.1':
      return hashedRekord(proposed as Proposed<HashedRekordSpec>);
    default:
      throw new Refusal(400, `unsupported entry: ${kind} ${apiVersion}`);
  }
}

function dsse({ kind, apiVersion, spec }: Proposed<DsseSpec>): CanonicalEntry {
  const { envelope: text, verifiers } = spec.proposedContent;
  const envelope = JSON.parse(text) as Envelope;
  const payload = Buffer.from(envelope.payload, 'base64');
  const known = verifiers.map((one) => parseVerifier(decoded(one)));
  const signatures = envelope.signatures.map(({ sig }) => {
    const signature = Buffer.from(sig, 'base64');
    const verifier = known.find((one) => isSigned(envelope.payloadType, payload, signature, one));
    if (verifier === undefined) throw new Refusal(400, 'could not verify envelope');
    return { signature: signature.toString('base64'), verifier: encoded(verifier.pem) };
  });
  if (signatures.length === 0) throw new Refusal(400, 'no signatures found in envelope');
  const hashes = { envelopeHash: sha256(text), payloadHash: sha256(payload) };
  return {
    kind,
    apiVersion,
    spec: { ...hashes, signatures },
    hashes: [...Object.values(hashes).map(({ value }) => value), ...subjects(payload)],
  };
}

function intoto({ kind, apiVersion, spec }: Proposed<IntotoSpec>): CanonicalEntry {
  const { envelope, hash } = spec.content;
  const payload = Buffer.from(decoded(envelope.payload), 'base64');
  for (const { sig, publicKey } of envelope.signatures) {
    const signature = Buffer.from(decoded(sig), 'base64');
    if (!isSigned(envelope.payloadType, payload, signature, parseVerifier(decoded(publicKey))))
      throw new Refusal(400, 'could not verify envelope');
  }
  const { payload: _payload, ...stored } = envelope;
  const payloadHash = sha256(payload);
  return {
    kind,
    apiVersion,
    spec: { content: { envelope: stored, hash, payloadHash } },
    hashes: [hash.value, payloadHash.value, ...subjects(payload)],
  };
}

function hashedRekord({ kind, apiVersion, spec }: Proposed<HashedRekordSpec>): CanonicalEntry {
  const { hash } = spec.data;
  const { content, publicKey } = spec.signature;
  if (!/^[0-9a-f]{64}$/.test(hash.value)) throw new Refusal(400, 'invalid value for hash');
  const verifier = parseVerifier(decoded(publicKey.content));
  return {
    kind,
    apiVersion,
    spec: {
      data: { hash: { algorithm: hash.algorithm, value: hash.value } },
      signature: { content, publicKey: { content: encoded(verifier.pem) } },
    },
    hashes: [hash.value],
  };
}

/** Checks a signature of DSSE's pre-authentication encoding. */
function isSigned(type: string, payload: Buffer, signature: Buffer, { key }: Verifier): boolean {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return verify('sha256', Buffer.concat([Buffer.from(head), payload]), key, signature);
}

/** The digests of the subjects of an in-toto statement; none for another payload. */
function subjects(payload: Buffer): readonly string[] {
  try {
    const { subject } = JSON.parse(payload.toString()) as {
      subject: readonly { digest: { sha256?: string } }[];
    };
    return subject.flatMap(({ digest }) => digest.sha256 ?? []);
  } catch {
    return [];
  }
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}

function sha256(content: string | Buffer): Hash {
  return { algorithm: 'sha256', value: createHash('sha256').update(content).digest('hex') };
}
