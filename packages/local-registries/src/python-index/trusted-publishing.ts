import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { decodeJwt } from 'jose';
import type { GithubClaims } from '../stand-ins/identity/github-claims.ts';
import { createToken } from '../state-folder.ts';
import { matches, type TrustedPublisher } from '../trusted-publishing/trusted-publisher.ts';
import { type TokenIssuer, verifyToken } from '../trusted-publishing/verify-token.ts';
import type { IndexStore } from './index-store.ts';
import { normalizeName } from './project-name.ts';

/** Trusted publishing of a Python index, as PyPI has it. */
export interface PythonTrustOptions {
  readonly issuer: TokenIssuer;
  readonly publishers: readonly PythonTrustedPublisher[];
  /** Default `pypi`; test.pypi.org has `testpypi`. */
  readonly audience?: string;
}

interface PythonTrustedPublisher extends TrustedPublisher {
  readonly project: string;
  /** A pending publisher: the project does not exist, and the first token that is minted for it makes it. */
  readonly isPending?: true;
}

export interface PythonTrust {
  /** The answer to `GET /_/oidc/audience`. */
  audience(): string;
  /** Answers `POST /_/oidc/mint-token`. */
  mint(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** The normalised names that a minted token may upload to; undefined if it is none, or expired. */
  projectsOf(token: string): ReadonlySet<string> | undefined;
  /** Whom a minted token was given to. */
  publisherOf(token: string): TrustedPublisher | undefined;
  /** The minted tokens so far: none of them may be in an output. */
  secrets(): readonly string[];
}

interface Minted {
  readonly projects: ReadonlySet<string>;
  readonly publisher: TrustedPublisher | undefined;
  readonly expires: number;
}

/** From warehouse's `mint_token`. */
const LIFE_MS = 900_000;

interface World {
  readonly options: PythonTrustOptions;
  readonly store: IndexStore;
  readonly now: () => number;
  readonly minted: Map<string, Minted>;
  /** The `jti` of each token that was taken. */
  readonly used: Set<string>;
  /** The projects that pending publishers have made. */
  readonly made: Set<string>;
}

/**
 * A stand-in for PyPI's trusted publishing, after warehouse's source (`oidc/views.py`, `oidc/services.py`,
 * `oidc/models/github.py`, 2026-08): the order of its checks, its words and its statuses. Its tokens live 900 seconds and
 * are for the projects of one publisher; an identity token is taken once.
 */
export function createPythonTrust(
  options: PythonTrustOptions,
  store: IndexStore,
  now: () => number,
): PythonTrust {
  const world: World = {
    options,
    store,
    now,
    minted: new Map(),
    used: new Set(),
    made: new Set(),
  };
  return {
    audience: () => JSON.stringify({ audience: audienceOf(options) }),
    async mint(request, response) {
      const outcome = await mint(world, await text(request));
      if (typeof outcome === 'string')
        return reply(response, 200, { success: true, token: outcome });
      reply(response, 422, { message: 'Token request failed', errors: [outcome] });
    },
    projectsOf(token) {
      const found = world.minted.get(token);
      return found !== undefined && found.expires > now() ? found.projects : undefined;
    },
    publisherOf: (token) => world.minted.get(token)?.publisher,
    secrets: () => [...world.minted.keys()],
  };
}

interface Failure {
  readonly code: string;
  readonly description: string;
}

async function mint(world: World, body: string): Promise<string | Failure> {
  const { now, options, used } = world;
  const token = tokenIn(body);
  if (token === undefined) return { code: 'invalid-payload', description: 'no token' };
  const unverified = issuerIn(token);
  if (unverified === undefined) return { code: 'invalid-payload', description: 'malformed JWT' };
  if (unverified !== options.issuer.issuer)
    return { code: 'invalid-payload', description: 'unknown trusted publishing issuer' };
  const question = { audience: audienceOf(options), now: now() };
  const claims = await verifyToken(token, options.issuer, question);
  if (claims === undefined)
    return { code: 'invalid-token', description: 'malformed or invalid token' };
  if (used.has(claims.jti ?? ''))
    return { code: 'invalid-reuse-token', description: 'invalid token: already used' };
  const projects = await projectsFor(world, claims);
  if (projects.size === 0)
    return {
      code: 'invalid-publisher',
      description:
        'valid token, but no corresponding publisher (Publisher with matching claims was not found)',
    };
  used.add(claims.jti ?? '');
  const minted = createToken('pypi-minted-');
  const publisher = options.publishers.find((one) => matches(one, claims, 'job_workflow_ref'));
  world.minted.set(minted, { projects, publisher, expires: now() + LIFE_MS });
  return minted;
}

/** Makes the project of the first pending publisher that matches, as PyPI does, then takes the others. */
async function projectsFor(
  { made, options, store }: World,
  claims: Partial<GithubClaims>,
): Promise<ReadonlySet<string>> {
  if (claims.event_name === 'pull_request_target') return new Set();
  const matching = options.publishers.filter((one) => matches(one, claims, 'job_workflow_ref'));
  const named = matching.map((one) => ({ ...one, name: normalizeName(one.project) }));
  const pending = named.find(({ isPending, name }) => isPending === true && !made.has(name));
  if (pending !== undefined && (await store.project(pending.name)) === undefined)
    made.add(pending.name);
  const projects = new Set<string>();
  for (const { name } of named)
    if (made.has(name) || (await store.project(name)) !== undefined) projects.add(name);
  return projects;
}

function audienceOf({ audience = 'pypi' }: PythonTrustOptions): string {
  return audience;
}

function tokenIn(body: string): string | undefined {
  try {
    const { token } = JSON.parse(body) as { readonly token?: unknown };
    return typeof token === 'string' ? token : undefined;
  } catch {
    return undefined;
  }
}

function issuerIn(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
