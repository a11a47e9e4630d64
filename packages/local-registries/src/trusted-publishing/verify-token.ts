import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { GithubClaims } from '../stand-ins/identity/github-claims.ts';

/** The issuer whose tokens a registry takes, and where its keys are. */
export interface TokenIssuer {
  /** The value of `iss`. */
  readonly issuer: string;
  readonly jwksUrl: string;
}

const LEEWAY_SECONDS = 30;

/**
 * Verifies an identity token as PyPI does (warehouse's `oidc/services.py`): the signature by the issuer's present keys,
 * RS256 alone, issuer, times with 30 seconds of leeway, and exactly one audience. Returns undefined for any other.
 */
export async function verifyToken(
  token: string,
  { issuer, jwksUrl }: TokenIssuer,
  { audience, now }: { readonly audience: string; readonly now: number },
): Promise<Partial<GithubClaims> | undefined> {
  try {
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(jwksUrl)), {
      issuer,
      audience,
      algorithms: ['RS256'],
      requiredClaims: ['iss', 'iat', 'exp', 'aud'],
      clockTolerance: LEEWAY_SECONDS,
      currentDate: new Date(now),
    });
    return typeof payload.aud === 'string' ? (payload as Partial<GithubClaims>) : undefined;
  } catch {
    return undefined;
  }
}
