import { createHash, type KeyObject } from 'node:crypto';

/** What the services have that a verifier must trust. */
export interface TrustedServices {
  readonly url: string;
  /** Before the first certificate. */
  readonly start: Date;
  readonly certificateAuthority: Buffer;
  readonly certificateLog: KeyObject;
  readonly transparencyLog: KeyObject;
  /** The signing certificate, then its root. */
  readonly timestampAuthority: readonly Buffer[];
}

/**
 * The services' TrustedRoot as protobuf JSON (`sigstore_trustroot.proto`), for `@sigstore/verify`
 * (`TrustedRoot.fromJSON`), `cosign --trusted-root` and sigstore-python.
 */
export function trustedRoot(services: TrustedServices): object {
  const { url, certificateAuthority, certificateLog, transparencyLog } = services;
  const validFor = { start: services.start.toISOString() };
  const log = (key: KeyObject): object => {
    const rawBytes = key.export({ type: 'spki', format: 'der' });
    return {
      baseUrl: url,
      hashAlgorithm: 'SHA2_256',
      publicKey: {
        rawBytes: rawBytes.toString('base64'),
        keyDetails: 'PKIX_ECDSA_P256_SHA_256',
        validFor,
      },
      logId: { keyId: createHash('sha256').update(rawBytes).digest('base64') },
    };
  };
  const authority = (commonName: string, certificates: readonly Buffer[]): object => ({
    subject: { organization: 'sigstore.mock', commonName },
    uri: url,
    certChain: { certificates: certificates.map((der) => ({ rawBytes: der.toString('base64') })) },
    validFor,
  });
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [log(transparencyLog)],
    certificateAuthorities: [authority('sigstore', [certificateAuthority])],
    ctlogs: [log(certificateLog)],
    timestampAuthorities: [authority('tsa', services.timestampAuthority)],
  };
}

/** The addresses of the services as a SigningConfig (`sigstore_trustroot.proto`), for cosign. */
export function signingConfig(url: string, issuer: string, start: Date): object {
  const service = (address: string): readonly object[] => [
    {
      url: address,
      majorApiVersion: 1,
      validFor: { start: start.toISOString() },
      operator: 'sigstore.mock',
    },
  ];
  return {
    mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
    caUrls: service(url),
    oidcUrls: service(issuer),
    rekorTlogUrls: service(url),
    rekorTlogConfig: { selector: 'ANY' },
    tsaUrls: service(`${url}/api/v1/timestamp`),
    tsaConfig: { selector: 'ANY' },
  };
}
