import { failed, type Problem, type Result } from '@ameide/versioning-core';
import { type Http, HttpError, type HttpResponse } from '../http/http.ts';
import { httpProblem } from '../problem/http-problem.ts';
import { Secret } from '../secret/secret.ts';
import { checkToken, malformed } from './check-token.ts';

/** What GitHub sets in a job with `permissions: id-token: write`. */
export interface GithubIdentityRequest {
  /** `ACTIONS_ID_TOKEN_REQUEST_URL`. It has a query already. */
  readonly address: string;
  /** `ACTIONS_ID_TOKEN_REQUEST_TOKEN`: valid for this job, and only at that address. */
  readonly requestToken: Secret;
}

const ADDRESS = 'ACTIONS_ID_TOKEN_REQUEST_URL';
const MAX_BYTES = 64 * 1024;
const DEADLINE_MS = 30_000;

/**
 * Asks GitHub for a new token: `GET <address>&audience=<audience>`, answered with `{"value": "<token>"}` ("OpenID
 * Connect reference", "Methods for requesting the OIDC token").
 */
export async function askGithub(
  request: GithubIdentityRequest,
  http: Http,
  audience: string,
  { now, signal }: { readonly now: () => number; readonly signal: AbortSignal },
): Promise<Result<Secret>> {
  const url = URL.parse(request.address);
  if (url === null) return failed(malformed(`${ADDRESS} is not an address`));
  url.searchParams.set('audience', audience);
  const answer = await send(request, http, url, signal);
  if (answer.problems !== undefined) return answer;
  const from = `GitHub’s endpoint for identity tokens (${url.host})`;
  return checkToken(valueIn(answer.value), { audience, from, now: now() });
}

async function send(
  { requestToken }: GithubIdentityRequest,
  http: Http,
  url: URL,
  signal: AbortSignal,
): Promise<Result<HttpResponse>> {
  try {
    const response = await http.request({
      method: 'GET',
      url: url.href,
      headers: { accept: 'application/json' },
      credential: { scheme: 'bearer', origin: url.origin, token: requestToken },
      maxBytes: MAX_BYTES,
      deadlineMs: DEADLINE_MS,
      signal,
    });
    if (URL.parse(response.url)?.origin !== url.origin) throw leftOrigin(url, response);
    if (response.status === 200) return { value: response };
    return failed(withHint(httpProblem({ ...FAILURE, response })));
  } catch (error) {
    signal.throwIfAborted();
    return failed(withHint(httpProblem({ ...FAILURE, error })));
  }
}

const FAILURE = { code: 'identity', what: 'get an identity token', effect: 'none' } as const;

/** The server that the endpoint redirects to did not get the request token, and its answer proves nothing. */
function leftOrigin(url: URL, { url: last }: HttpResponse): HttpError {
  const host = URL.parse(last)?.host ?? 'another server';
  return new HttpError('redirect', `GET ${url.origin}${url.pathname}`, `redirects to ${host}`);
}

function withHint(found: Problem): Problem {
  const hint = HINTS[found.code];
  const kind =
    found.kind === 'incomplete' && found.rerun === 'after-fix' ? 'authentication' : found.kind;
  return hint === undefined ? { ...found, kind } : { ...found, kind, hint };
}

const PERMISSION =
  'Run the job again, with `permissions: id-token: write`. The permission to ask for identity tokens ends with the job.';
const ADDRESS_HINT = `Check that nothing but GitHub sets ${ADDRESS}.`;

const HINTS: Readonly<Record<string, string>> = {
  'identity-unauthorized': PERMISSION,
  'identity-forbidden': PERMISSION,
  'identity-malformed': ADDRESS_HINT,
  'identity-not-found': ADDRESS_HINT,
  'identity-redirect': ADDRESS_HINT,
  'identity-insecure': ADDRESS_HINT,
  'identity-internal-address': ADDRESS_HINT,
  'identity-answer-too-large': ADDRESS_HINT,
};

function valueIn(response: HttpResponse): unknown {
  try {
    const body: unknown = response.json();
    return typeof body === 'object' && body !== null && 'value' in body ? body.value : undefined;
  } catch {
    return undefined;
  }
}
