import { createHash, type KeyObject } from 'node:crypto';

/** One service: where it is, and what its signatures are verified with. */
interface Service<Trust> {
  readonly url: string;
  readonly trust: Trust;
}

/** The services of one Sigstore. */
export interface TrustedServices {
  /** Before the first certificate. */
  readonly start: Date;
  /** The certificates of Fulcio, the root last. */
  readonly certificateAuthority: Service<readonly Buffer[]>;
  readonly certificateLog: Service<KeyObject>;
  readonly transparencyLog: Service<KeyObject> & {
    readonly version: 1 | 2;
    /** The log's name in its checkpoints. */
    readonly origin: string;
  };
  /** The signing certificate, then its root. */
  readonly timestampAuthority: Service<readonly Buffer[]>;
}

/**
 * The services' TrustedRoot as protobuf JSON (`sigstore_trustroot.proto`), for `@sigstore/verify`
 * (`TrustedRoot.fromJSON`), `cosign --trusted-root` and sigstore-python.
 */
export function trustedRoot(services: TrustedServices): object {
  const { certificateAuthority, certificateLog, timestampAuthority, transparencyLog } = services;
  const validFor = { start: services.start.toISOString() };
  const log = ({ trust: key, url }: Service<KeyObject>, id: Buffer): object => ({
    baseUrl: url,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: derOf(key).toString('base64'), keyDetails: detailsOf(key), validFor },
    logId: { keyId: id.toString('base64') },
  });
  const authority = (commonName: string, { trust, url }: Service<readonly Buffer[]>): object => ({
    subject: { organization: 'sigstore.local', commonName },
    uri: url,
    certChain: { certificates: trust.map((der) => ({ rawBytes: der.toString('base64') })) },
    validFor,
  });
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [log(transparencyLog, logId(transparencyLog.trust, transparencyLog.origin))],
    certificateAuthorities: [authority('sigstore', certificateAuthority)],
    ctlogs: [log(certificateLog, sha256(derOf(certificateLog.trust)))],
    timestampAuthorities: [authority('tsa', timestampAuthority)],
  };
}

/** The addresses of the services as a SigningConfig (`sigstore_trustroot.proto`), for cosign. */
export function signingConfig(services: TrustedServices, issuer: string): object {
  const { certificateAuthority, start, timestampAuthority, transparencyLog } = services;
  const service = (url: string, majorApiVersion = 1): readonly object[] => [
    { url, majorApiVersion, validFor: { start: start.toISOString() }, operator: 'sigstore.local' },
  ];
  return {
    mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
    caUrls: service(certificateAuthority.url),
    oidcUrls: service(issuer),
    rekorTlogUrls: service(transparencyLog.url, transparencyLog.version),
    rekorTlogConfig: { selector: 'ANY' },
    tsaUrls: service(`${timestampAuthority.url}/api/v1/timestamp`),
    tsaConfig: { selector: 'ANY' },
  };
}

/**
 * Returns what entries and checkpoints name a log by (C2SP, signed-note, "Signatures"): for Ed25519 the hash of its
 * name and key, for ECDSA that of its key. Entries have all of the hash, checkpoints its first four bytes.
 */
export function logId(key: KeyObject, origin: string): Buffer {
  if (key.asymmetricKeyType !== 'ed25519') return sha256(derOf(key));
  const raw = Buffer.from(String(key.export({ format: 'jwk' }).x), 'base64url');
  return sha256(Buffer.concat([Buffer.from(`${origin}\n\x01`), raw]));
}

function derOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

function detailsOf(key: KeyObject): string {
  return key.asymmetricKeyType === 'ed25519' ? 'PKIX_ED25519' : 'PKIX_ECDSA_P256_SHA_256';
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
