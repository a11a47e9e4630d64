import type { HttpRequest, HttpResponse } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import type { Login } from '../login/login.ts';
import { answerProblem, insecure, malformed, type Operation } from '../problems.ts';
import type { Challenge } from './challenge.ts';
import { realmUrl } from './realm.ts';
import type { Sent } from './session.ts';

interface TokenExchange {
  /** The registry's own challenge, of the scheme Bearer. */
  readonly challenge: Challenge;
  /** `repository:ameideio/sdk:pull` */
  readonly scopes: readonly string[];
  /** The registry's origin. */
  readonly registry: string;
  /** Without one the token is for an anonymous user. */
  readonly login: Login | undefined;
}

export type SendExchange = (request: HttpRequest, operation: Operation) => Promise<Sent>;

export type Fetched =
  | { readonly token: string; readonly problem?: never }
  | { readonly problem: Problem; readonly token?: never };

/** Gets a Bearer token from the realm of a challenge (distribution-spec, auth/token). */
export async function fetchToken(
  { challenge, scopes, registry, login }: TokenExchange,
  send: SendExchange,
  operation: Operation,
  signal?: AbortSignal,
): Promise<Fetched> {
  // A failed exchange leaves nothing on the registry, even if the request is a write.
  const what = `get a token to ${operation.what}`;
  const exchange: Operation = { ...operation, what, effect: 'none' };
  const { realm, service } = challenge.parameters;
  const url = realmUrl(realm, registry);
  if (url === undefined)
    return { problem: insecure(exchange, 'the realm that the registry names is not https') };
  const request =
    login?.kind === 'refresh-token'
      ? refreshRequest(url, service, scopes, login)
      : tokenRequest(url, service, scopes, login);
  const limits = { from: registry, maxBytes: 1024 * 1024, ...(signal && { signal }) };
  const sent = await send({ ...request, ...limits }, exchange);
  if (sent.response === undefined) return { problem: sent.problem };
  if (sent.response.status !== 200) return { problem: answerProblem(exchange, sent.response) };
  const token = tokenOf(sent.response);
  return token === undefined
    ? { problem: malformed(exchange, 'the answer holds no token') }
    : { token };
}

function tokenRequest(
  url: URL,
  service: string | undefined,
  scopes: readonly string[],
  login: Login | undefined,
): HttpRequest {
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (login === undefined) return { method: 'GET', url: url.href };
  const { user, password } = login;
  const credential = { scheme: 'basic', origin: url.origin, user, password } as const;
  return { method: 'GET', url: url.href, credential };
}

/**
 * Buys a token with an identity token (distribution, "Docker Registry v2 authentication using
 * OAuth2"). A repetition is harmless.
 */
function refreshRequest(
  url: URL,
  service: string | undefined,
  scopes: readonly string[],
  { password }: Login,
): HttpRequest {
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'ameide-release',
    ...(service === undefined ? {} : { service }),
    scope: scopes.join(' '),
    refresh_token: password.reveal(),
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const retry = 'idempotent';
  return { method: 'POST', url: url.href, headers, body: body.toString(), retry };
}

/** Reads `token`, or `access_token` for compatibility with OAuth 2.0. */
function tokenOf(response: HttpResponse): string | undefined {
  try {
    const body = response.json() as { token?: unknown; access_token?: unknown } | null;
    const token = body?.token ?? body?.access_token;
    return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
