import { createHash, generateKeyPair, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';

/** A key that signs JSON Web Tokens with RS256 (RFC 7518, section 3.3). */
export interface TokenKey {
  /** The public key, as a JWK Set lists it (RFC 7517). */
  readonly jwk: JsonWebKey;
  /** Returns the signed token in its compact form, `header.claims.signature`. */
  sign(claims: object): string;
}

export async function createTokenKey(): Promise<TokenKey> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
  });
  const jwk = publicKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(`${jwk.n}`).digest('hex').slice(0, 40).toUpperCase();
  return {
    jwk: { ...jwk, kid, alg: 'RS256', use: 'sig' },
    sign: (claims) => signed(privateKey, { typ: 'JWT', alg: 'RS256', kid }, claims),
  };
}

function signed(key: KeyObject, header: object, claims: object): string {
  const content = [header, claims].map((part) => encoded(JSON.stringify(part))).join('.');
  return `${content}.${encoded(sign('sha256', Buffer.from(content), key))}`;
}

function encoded(content: string | Buffer): string {
  return Buffer.from(content).toString('base64url');
}
