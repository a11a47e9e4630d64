import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { parseBasicCredentials, sameSecret } from '../basic-credentials.ts';
import { listen, type Running } from '../running.ts';
import { createToken, openStateFolder } from '../state-folder.ts';
import { createProvenance, type NpmProvenance, type NpmProvenanceOptions } from './provenance.ts';
import { createTrust, type NpmTrust, type NpmTrustOptions } from './trusted-publishing.ts';
import { startVerdaccio } from './verdaccio.ts';

export interface NpmRegistryOptions {
  /**
   * The folder of the packages. A later registry on the same folder serves them again. Default:
   * temporary.
   */
  readonly directory?: string;
  /** The only user, who may publish. Default `publisher`. */
  readonly user?: string;
  /** The user's token. Default: a new one. */
  readonly token?: string;
  /** Trusted publishing, as npmjs has it. Default: none. */
  readonly trust?: NpmTrustOptions;
  /**
   * Versions may be published with a provenance, as at npmjs. Default: they are refused, as verdaccio refuses
   * them.
   */
  readonly provenance?: NpmProvenanceOptions;
}

export interface RunningNpmRegistry extends Running {
  readonly user: string;
  /**
   * Accepted as `Authorization: Bearer <token>`, and as the password of `user` in Basic
   * authentication.
   */
  readonly token: string;
  /** The tokens that were given for identity tokens so far. */
  exchanged(): readonly string[];
}

/**
 * Starts verdaccio without uplinks: anybody may read; publishing, tags and unpublishing need the
 * token. Tarball URLs use the `Host` header, so they lead through a proxy that keeps it. It refuses
 * an existing version with 409 (registry.npmjs.org: 403).
 */
export async function startNpmRegistry(
  options: NpmRegistryOptions = {},
): Promise<RunningNpmRegistry> {
  const user = options.user ?? 'publisher';
  const token = options.token ?? createToken('npm_local_');
  const state = await openStateFolder('npm-registry', options.directory);
  let verdaccio: Server;
  try {
    verdaccio = await startVerdaccio(state.directory, user);
  } catch (error) {
    await state.dispose();
    throw error;
  }
  let ownToken = '';
  let trust: NpmTrust | undefined;
  let provenance: NpmProvenance | undefined;
  const server = await listen(state, async (request, response) => {
    if ((await provenance?.handle(request, response)) === true) return;
    if ((await trust?.exchange(request, response)) === true) return;
    const admitted = trust?.admit(request, response);
    if (admitted === 'refused') return;
    if (admitted === 'anonymous') delete request.headers.authorization;
    // Verdaccio makes its own tokens. We check ours before it, so that a test can plant a token and
    // search for it later.
    if (ownToken !== '' && (admitted === 'own' || presents(request, user, token)))
      request.headers.authorization = `Bearer ${ownToken}`;
    verdaccio.emit('request', request, response);
    await once(response, 'close');
  });
  try {
    ownToken = await createUser(server.url, user);
  } catch (error) {
    await server.stop();
    throw error;
  }
  if (options.provenance !== undefined)
    provenance = createProvenance(options.provenance, server.url, state.directory);
  if (options.trust !== undefined)
    trust = createTrust(options.trust, async (name) => {
      const response = await fetch(`${server.url}/${name.replace('/', '%2f')}`);
      return response.ok;
    });
  return Object.assign(server, { user, token, exchanged: () => trust?.secrets() ?? [] });
}

function presents(request: IncomingMessage, user: string, token: string): boolean {
  const header = request.headers.authorization ?? '';
  const bearer = /^bearer +(\S+)$/i.exec(header)?.[1];
  if (bearer !== undefined) return sameSecret(bearer, token);
  const basic = parseBasicCredentials(header);
  return basic?.user === user && sameSecret(basic.password, token);
}

/**
 * Registers the user, as `npm adduser` does, and returns verdaccio's token. Afterwards nobody can
 * register.
 */
async function createUser(url: string, user: string): Promise<string> {
  const response = await fetch(`${url}/-/user/org.couchdb.user:${encodeURIComponent(user)}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: user, password: randomBytes(16).toString('hex') }),
  });
  const answer = (await response.json()) as { token?: string; error?: string };
  if (answer.token === undefined)
    throw new Error(`verdaccio did not register ${user}: ${response.status} ${answer.error ?? ''}`);
  return answer.token;
}
