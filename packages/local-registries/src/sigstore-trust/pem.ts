import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';

/** Copies the bytes of a view, whatever it is a view of. */
export function bytesOf(view: ArrayBufferView): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

/** Writes a certificate as a PEM file (RFC 7468), in the lines in which Go writes it. */
export function certificatePem(der: Buffer): string {
  return new X509Certificate(der).toString();
}

/** The key of a verifier: a certificate, or a public key alone, as a PEM file. */
export interface Verifier {
  readonly key: KeyObject;
  /** The file again, with Go's line breaks. */
  readonly pem: string;
}

export function parseVerifier(pem: string): Verifier {
  if (pem.includes('BEGIN CERTIFICATE')) {
    const certificate = new X509Certificate(pem);
    return { key: certificate.publicKey, pem: certificate.toString() };
  }
  const key = createPublicKey(pem);
  return { key, pem: key.export({ type: 'spki', format: 'pem' }).toString() };
}
