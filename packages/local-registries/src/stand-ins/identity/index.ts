import type { IncomingMessage, ServerResponse } from 'node:http';
import { sameSecret } from '../../basic-credentials.ts';
import { listen, type Running } from '../../running.ts';
import { createToken, openStateFolder } from '../../state-folder.ts';
import {
  type ClaimChanges,
  GITHUB_ISSUER,
  githubClaims,
  githubVariables,
} from './github-claims.ts';
import { createTokenKey, type TokenKey } from './json-web-token.ts';

export interface IdentityIssuerOptions {
  /** The job: the claims in which its tokens differ from the default (`githubClaims`). */
  readonly claims?: ClaimChanges;
  /**
   * The issuer that tokens and the discovery document name. `github`, the default: GitHub's own
   * address, which verifiers compare with; `own`: the server's, for services that read the keys from
   * the address that the token names.
   */
  readonly issuer?: 'github' | 'own';
}

/** What the endpoint does instead of giving a token. */
export type IdentityFault =
  /** Answers with this; `garbage` is a page of HTML with status 200. */
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'garbage' }
  /** JSON with status 200 that has no token. */
  | { readonly kind: 'empty' }
  /** Sends the client to another address. */
  | { readonly kind: 'redirect'; readonly to: string }
  /** Answers nothing, until the client gives up or the server stops. */
  | { readonly kind: 'hang' };

/** A request for a token, without its credential. */
export interface IdentityRequest {
  /** `undefined`: the client named none. */
  readonly audience: string | undefined;
  /** The status of the answer; 0 for a request that was left without one. */
  readonly status: number;
}

export interface RunningIdentityIssuer extends Running {
  /** The value of `iss`. */
  readonly issuer: string;
  /** Where the public keys are. */
  readonly jwksUrl: string;
  /** The two variables of a job with `permissions: id-token: write`. */
  readonly environment: {
    readonly ACTIONS_ID_TOKEN_REQUEST_URL: string;
    readonly ACTIONS_ID_TOKEN_REQUEST_TOKEN: string;
  };
  /** The other variables of that job, in agreement with the claims: `GITHUB_SHA` and the like. */
  readonly job: Readonly<Record<string, string>>;
  /**
   * Starts another job of the same issuer, and returns all its variables: `{ sha, ref }`, for example. Its request
   * token is its own.
   */
  startJob(claims: ClaimChanges): Readonly<Record<string, string>>;
  /** Each request for a token so far. */
  readonly requests: readonly IdentityRequest[];
  /** The request tokens, and each identity token made so far: none of them may be in an output. */
  secrets(): readonly string[];
  /**
   * Signs a token with any claims, whether GitHub would give it out or not: `{ exp: 1 }`, another
   * `repository` (with all that GitHub derives from it), another `aud`.
   */
  token(changes?: ClaimChanges): string;
  /** Makes the endpoint fail, from the next request on; without a fault, it works again. */
  misbehave(fault?: IdentityFault): void;
}

interface World {
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly key: TokenKey;
  /** What the claims of each job differ in, by its request token. */
  readonly jobs: Map<string, ClaimChanges>;
  readonly requests: IdentityRequest[];
  fault: IdentityFault | undefined;
  token(changes: ClaimChanges): string;
}

const DISCOVERY = '/.well-known/openid-configuration';
const KEYS = '/.well-known/jwks';
const REQUEST = '/idtoken';

/**
 * A stand-in for the issuer of GitHub Actions' identity tokens: OpenID discovery, the public keys,
 * and the endpoint that a job asks for a token of an audience, with GitHub's claims, signed with
 * RS256. Sources: GitHub's "OpenID Connect reference", OpenID Connect Discovery 1.0, and for the
 * endpoint the client in `@actions/core` (`oidc-utils.ts`).
 */
export async function startIdentityIssuer(
  options: IdentityIssuerOptions = {},
): Promise<RunningIdentityIssuer> {
  const key = await createTokenKey();
  const requestToken = createToken('local-id-request-');
  const secrets = [requestToken];
  const jobs = new Map<string, ClaimChanges>([[requestToken, {}]]);
  const requests: IdentityRequest[] = [];
  const state = await openStateFolder('identity-issuer');
  let world: World | undefined;
  const server = await listen(state, async (request, response, signal) => {
    if (world !== undefined) await answer(world, request, response, signal);
  });
  const issuer = options.issuer === 'own' ? server.url : GITHUB_ISSUER;
  const token = (changes: ClaimChanges = {}): string => {
    const made = key.sign(githubClaims({ iss: issuer, ...options.claims, ...changes }));
    secrets.push(made);
    return made;
  };
  const jwksUrl = `${server.url}${KEYS}`;
  const running: World = { issuer, jwksUrl, key, jobs, requests, fault: undefined, token };
  world = running;
  // GitHub's address has a query, to which a client adds the audience.
  const endpoint = { ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}${REQUEST}?api-version=2.0` };
  const variables = (claims: ClaimChanges): Readonly<Record<string, string>> =>
    githubVariables(githubClaims({ ...options.claims, ...claims }));
  return Object.assign(server, {
    issuer,
    jwksUrl,
    environment: { ...endpoint, ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken },
    job: variables({}),
    startJob(claims: ClaimChanges) {
      const own = createToken('local-id-request-');
      secrets.push(own);
      jobs.set(own, claims);
      return { ...variables(claims), ...endpoint, ACTIONS_ID_TOKEN_REQUEST_TOKEN: own };
    },
    requests,
    secrets: () => [...secrets],
    token,
    misbehave: (fault?: IdentityFault) => void (running.fault = fault),
  });
}

async function answer(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL(request.url ?? '/', world.jwksUrl);
  if (request.method !== 'GET') return reply(response, 405, { message: 'Method not allowed' });
  if (url.pathname === DISCOVERY) return reply(response, 200, discovery(world));
  if (url.pathname === KEYS) return reply(response, 200, { keys: [world.key.jwk] });
  if (url.pathname !== REQUEST) return reply(response, 404, { message: 'Not found' });
  const audience = url.searchParams.get('audience') ?? undefined;
  const { fault, requests } = world;
  if (fault?.kind === 'hang') {
    requests.push({ audience, status: 0 });
    return hang(response, signal);
  }
  if (fault === undefined) giveToken(world, request, response, audience);
  else fail(fault, response);
  requests.push({ audience, status: response.statusCode });
}

function giveToken(
  world: World,
  { headers }: IncomingMessage,
  response: ServerResponse,
  audience: string | undefined,
): void {
  const presented = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  const [, claims] = [...world.jobs].find(([token]) => sameSecret(presented, token)) ?? [];
  if (claims === undefined) return reply(response, 401, { message: 'Unauthorized' });
  const value = world.token({ ...claims, ...(audience === undefined ? {} : { aud: audience }) });
  reply(response, 200, { count: value.length, value });
}

function fail(fault: Exclude<IdentityFault, { kind: 'hang' }>, response: ServerResponse): void {
  switch (fault.kind) {
    case 'status':
      return reply(response, fault.status, { message: 'The stand-in was told to fail.' });
    case 'garbage':
      return void response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!doctype html><title>Sign in</title>');
    case 'empty':
      return reply(response, 200, {});
    case 'redirect':
      return void response.writeHead(302, { location: fault.to }).end();
  }
}

/** Waits until the client has gone, or the server stops. */
async function hang(response: ServerResponse, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once('close', resolve);
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
}

function discovery({ issuer, jwksUrl }: World): object {
  return {
    issuer,
    jwks_uri: jwksUrl,
    subject_types_supported: ['public', 'pairwise'],
    response_types_supported: ['id_token'],
    claims_supported: Object.keys(githubClaims({ environment: 'release' })),
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid'],
  };
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
