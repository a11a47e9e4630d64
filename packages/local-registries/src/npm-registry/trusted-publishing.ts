import type { IncomingMessage, ServerResponse } from 'node:http';
import { createToken } from '../state-folder.ts';
import { matches, type TrustedPublisher } from '../trusted-publishing/trusted-publisher.ts';
import { type TokenIssuer, verifyToken } from '../trusted-publishing/verify-token.ts';

/** Trusted publishing of an npm registry, as npmjs has it. */
export interface NpmTrustOptions {
  readonly issuer: TokenIssuer;
  readonly publishers: readonly NpmTrustedPublisher[];
  /** The clock for tokens, in milliseconds since 1970. */
  readonly now?: () => number;
}

interface NpmTrustedPublisher extends TrustedPublisher {
  readonly package: string;
  /**
   * `stage`: the package trusts this workflow only with versions that a person approves, which is the default of new
   * trusted publishers since September 2026. An upload is then refused.
   */
  readonly allows?: 'publish' | 'stage';
}

export interface NpmTrust {
  /** Answers the exchange of a token; returns false for any other request. */
  exchange(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /**
   * Decides about a request with an exchanged token. `own`: it may be done. `anonymous`: a read, which the token adds
   * nothing to. `refused`: answered already. `unknown`: the token is none of these.
   */
  admit(
    request: IncomingMessage,
    response: ServerResponse,
  ): 'own' | 'anonymous' | 'refused' | 'unknown';
  /** The exchanged tokens so far: none of them may be in an output. */
  secrets(): readonly string[];
}

interface Given extends NpmTrustedPublisher {
  readonly expires: number;
}

/** npmjs calls them short-lived, and documents no duration. */
const LIFE_MS = 15 * 60_000;
const EXCHANGE = /^\/-\/npm\/v1\/oidc\/token\/exchange\/package\/([^/?]+)$/i;

/**
 * A stand-in for npmjs's exchange of identity tokens, and for what its tokens may do: `npm publish` of a new version of
 * one package that exists, and nothing else. Sources: npm 12's `lib/utils/oidc.js` (the request and the field `token`),
 * `npm help trust` and `npm help stage` ("can only be used with npm stage publish and npm publish"), npm/cli#9923 (404
 * and its message for a package that does not trust the job), npm/cli#8547 (401 for dist-tags).
 */
export function createTrust(
  { issuer, now = Date.now, publishers }: NpmTrustOptions,
  packageExists: (name: string) => Promise<boolean>,
): NpmTrust {
  const given = new Map<string, Given>();
  return {
    secrets: () => [...given.keys()],
    async exchange(request, response) {
      const [, escaped] = EXCHANGE.exec(request.url ?? '') ?? [];
      if (request.method !== 'POST' || escaped === undefined) return false;
      const name = decodeURIComponent(escaped);
      // As npm's client names it: without the port.
      const { hostname } = new URL(`http://${request.headers.host}`);
      const question = { audience: `npm:${hostname}`, now: now() };
      const claims = await verifyToken(bearer(request) ?? '', issuer, question);
      if (claims === undefined)
        return answer(response, 401, 'OIDC token exchange error - unauthorized');
      // npmjs gives no tokens to self-hosted runners.
      const trusted = publishers.find(
        (one) =>
          one.package === name &&
          claims.runner_environment !== 'self-hosted' &&
          matches(one, claims, 'workflow_ref'),
      );
      if (trusted === undefined || !(await packageExists(name)))
        return answer(response, 404, 'OIDC token exchange error - package not found');
      const token = createToken('npm_exchanged_');
      given.set(token, { ...trusted, expires: now() + LIFE_MS });
      return answer(response, 201, { token });
    },
    admit(request, response) {
      const found = given.get(bearer(request) ?? '');
      if (found === undefined) return 'unknown';
      const path = decodeURIComponent(request.url ?? '');
      if (found.expires > now()) {
        const isRead = request.method === 'GET' && path !== '/-/whoami';
        if (isRead) return 'anonymous';
        const publishes =
          request.method === 'PUT' &&
          path === `/${found.package}` &&
          request.headers['npm-command'] === 'publish';
        if (publishes && found.allows !== 'stage') return 'own';
        if (publishes) return refuse(request, response, 403, 'This token can only stage packages.');
      }
      return refuse(request, response, 401, 'Unauthorized');
    },
  };
}

function bearer(request: IncomingMessage): string | undefined {
  return /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  error: string,
): 'refused' {
  // Read the rest, so that the client reads the answer.
  request.resume();
  request.once('end', () => answer(response, status, { error }));
  return 'refused';
}

function answer(response: ServerResponse, status: number, body: object | string): true {
  const json = typeof body === 'string' ? { message: body } : body;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  return true;
}
