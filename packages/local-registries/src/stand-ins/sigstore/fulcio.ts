import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { CA } from '@sigstore/mock/dist/fulcio/index.js';
import type { JWTPayload } from 'jose';
import { bytesOf, certificatePem } from '../../sigstore-trust/pem.ts';
import {
  certificateExtensions,
  certificateSubject,
  NEEDED_CLAIMS,
} from './certificate-extensions.ts';
import { Refusal, type ServiceAnswer } from './service-answer.ts';

/** The issuer whose tokens Fulcio takes: a `RunningIdentityIssuer`. */
export interface TrustedIssuer {
  /** The value of `iss`. */
  readonly issuer: string;
  /** Where its public keys are. */
  readonly jwksUrl: string;
}

/** A certificate that Fulcio has issued. */
export interface IssuedCertificate {
  /** The subject alternative name: `https://github.com/o/r/.github/workflows/w.yml@ref`. */
  readonly subject: string;
  readonly pem: string;
  /** The claims of the token that it was issued for. */
  readonly claims: JWTPayload;
}

interface CertificateRequest {
  readonly credentials?: { readonly oidcIdentityToken?: string };
  readonly publicKeyRequest?: {
    readonly publicKey?: { readonly content?: string };
    readonly proofOfPossession?: string;
  };
  /** A PEM file in base64. */
  readonly certificateSigningRequest?: string;
}

/** How Fulcio answers every token that it does not take. */
const INVALID_TOKEN = 'There was an error processing the identity token';
const INVALID_PROOF = 'The signature supplied in the request could not be verified';
const INVALID_KEY = 'The public key supplied in the request could not be parsed';

/** Fulcio's `CreateSigningCertificate`, for tokens of GitHub Actions. */
export interface Fulcio {
  readonly issued: readonly IssuedCertificate[];
  createCertificate(request: IncomingMessage, body: Buffer): Promise<ServiceAnswer>;
}

export async function createFulcio(ca: CA, { issuer, jwksUrl }: TrustedIssuer): Promise<Fulcio> {
  const { createRemoteJWKSet, jwtVerify } = await import('jose');
  const keys = createRemoteJWKSet(new URL(jwksUrl));
  const issued: IssuedCertificate[] = [];
  const check = async (token: string): Promise<JWTPayload> => {
    const options = { issuer, audience: 'sigstore', algorithms: ['RS256'] };
    const { payload } = await jwtVerify(token, keys, options).catch((error: Error) => {
      throw new Refusal(400, INVALID_TOKEN, error.message);
    });
    const missing = NEEDED_CLAIMS.filter((name) => typeof payload[name] !== 'string');
    if (missing.length > 0) throw new Refusal(400, `missing claims: ${missing.join(', ')}`);
    return payload;
  };
  const root = certificatePem(bytesOf(ca.rootCertificate));
  return {
    issued,
    async createCertificate({ headers }, body) {
      const request = JSON.parse(body.toString()) as CertificateRequest;
      // The JavaScript client sends the token in the body, the Go and Python clients in the header.
      const inHeader = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
      const claims = await check(inHeader ?? request.credentials?.oidcIdentityToken ?? '');
      const key = await provenKey(request, claims.sub ?? '');
      const subject = certificateSubject(claims);
      const certificate = await ca.issueCertificate({
        publicKey: Uint8Array.from(key.export({ type: 'spki', format: 'der' })),
        subjectAltName: subject,
        extensions: [...certificateExtensions(claims)],
      });
      const pem = certificatePem(bytesOf(certificate));
      issued.push({ subject, pem, claims });
      const chain = { certificates: [pem, root] };
      return { status: 200, body: { signedCertificateEmbeddedSct: { chain } } };
    },
  };
}

/** Returns the key of the request, whose private part the client has shown to have. */
async function provenKey(request: CertificateRequest, subject: string): Promise<KeyObject> {
  const { certificateSigningRequest, publicKeyRequest } = request;
  if (certificateSigningRequest !== undefined) return keyOfRequest(certificateSigningRequest);
  const key = parseKey(publicKeyRequest?.publicKey?.content ?? '');
  const proof = Buffer.from(publicKeyRequest?.proofOfPossession ?? '', 'base64');
  if (!verify('sha256', Buffer.from(subject), key, proof)) throw new Refusal(400, INVALID_PROOF);
  return key;
}

/** A PKCS #10 request is signed with its own key. */
async function keyOfRequest(encoded: string): Promise<KeyObject> {
  const { Pkcs10CertificateRequest } = await import('@peculiar/x509');
  const request = new Pkcs10CertificateRequest(Buffer.from(encoded, 'base64').toString());
  if (!(await request.verify())) throw new Refusal(400, INVALID_PROOF);
  return parseKey(request.publicKey.toString('pem'));
}

function parseKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new Refusal(400, INVALID_KEY);
  }
  // The library's certificate authority takes no other keys; Fulcio takes more.
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Refusal(400, INVALID_KEY);
  return key;
}
