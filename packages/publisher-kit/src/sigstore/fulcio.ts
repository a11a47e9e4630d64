import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { failed, ok, type Problem, type Result } from '@ameide/versioning-core';
import { type Http, HttpError, type HttpResponse } from '../http/http.ts';
import { readClaims } from '../identity/claims.ts';
import { httpProblem } from '../problem/http-problem.ts';
import type { Secret } from '../secret/secret.ts';
import { sigstoreProblem } from './problems.ts';

/** A key that signs once, and Fulcio's certificate that says whose it is. */
export interface Certified {
  readonly privateKey: KeyObject;
  /** PEM. */
  readonly certificate: string;
}

/**
 * Asks Fulcio for a certificate of a new key. Not with a library: those that exist send the identity
 * token wherever a redirect leads, and print it when they cannot parse it.
 */
export async function certify(
  http: Http,
  fulcio: string,
  token: Secret,
  signal: AbortSignal,
): Promise<Result<Certified>> {
  // The claim that the proof of possession signs (Fulcio, docs/oidc.md).
  const subject = readClaims(token)?.subject;
  if (subject === undefined) return failed(unreadableToken());
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const what = `get a signing certificate from ${fulcio}`;
  try {
    const response = await http.request({
      method: 'POST',
      url: `${fulcio}/api/v2/signingCert`,
      headers: { 'Content-Type': 'application/json' },
      // Fulcio takes the token in the body. As a credential, too, it is bound to Fulcio's origin.
      credential: { origin: new URL(fulcio).origin, scheme: 'bearer', token },
      body: requestOf(privateKey, subject, token),
      // A second certificate does no harm: nothing is signed with the first.
      retry: 'idempotent',
      signal,
    });
    if (response.status !== 200 && response.status !== 201) return failed(refusal(what, response));
    const certificate = leafOf(response.json());
    if (certificate !== undefined) return ok({ privateKey, certificate });
    return failed(
      sigstoreProblem('malformed', `Could not ${what}: the answer has no certificate.`),
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HttpError)) throw error;
    return failed(httpProblem({ code: 'sigstore', what, error, effect: 'none' }));
  }
}

/** Fulcio answers 400 to every token that it does not take; a proxy before it may answer 401. */
function refusal(what: string, response: HttpResponse): Problem {
  const problem = httpProblem({ code: 'sigstore', what, response, effect: 'none' });
  if (response.status !== 400 && response.status !== 401) return problem;
  return { ...problem, kind: 'authentication', hint: REFUSED_HINT };
}

const REFUSED_HINT =
  'Fulcio refused the identity token: this Fulcio does not know its issuer, the token is for another audience, or it has expired. In GitHub Actions the job needs "permissions: id-token: write".';

function requestOf(privateKey: KeyObject, subject: string, token: Secret): string {
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
  const proof = sign('sha256', Buffer.from(subject), privateKey);
  return JSON.stringify({
    credentials: { oidcIdentityToken: token.reveal() },
    publicKeyRequest: {
      publicKey: { algorithm: 'ECDSA', content: publicKey },
      proofOfPossession: proof.toString('base64'),
    },
  });
}

function unreadableToken(): ReturnType<typeof sigstoreProblem> {
  return sigstoreProblem(
    'identity-malformed',
    'Could not sign: what the CI gave as an identity token is not a JSON Web Token.',
    {
      kind: 'authentication',
      hint: 'Check that nothing but the CI sets the variables that it gives a job for its identity.',
    },
  );
}

interface Answer {
  readonly chain?: { readonly certificates?: readonly unknown[] };
}

function leafOf(answer: unknown): string | undefined {
  const { signedCertificateDetachedSct, signedCertificateEmbeddedSct } = (answer ?? {}) as {
    readonly signedCertificateEmbeddedSct?: Answer;
    readonly signedCertificateDetachedSct?: Answer;
  };
  const { chain } = signedCertificateEmbeddedSct ?? signedCertificateDetachedSct ?? {};
  const [leaf] = chain?.certificates ?? [];
  return typeof leaf === 'string' ? leaf : undefined;
}
