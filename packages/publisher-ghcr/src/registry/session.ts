import {
  type Credential,
  createRedactor,
  type Http,
  HttpError,
  type HttpRequest,
  type HttpResponse,
  Secret,
} from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import {
  answerProblem,
  insecure,
  malformed,
  networkProblem,
  noToken,
  type Operation,
  refusedElsewhere,
  unauthorized,
} from '../problems.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { realmUrl } from './realm.ts';

export type Access = 'pull' | 'push';

/**
 * Either the registry's answer, whatever its status, or why there is none. `kind` is how the request
 * itself failed; without it, it was not sent.
 */
export type Sent =
  | { readonly response: HttpResponse; readonly problem?: never }
  | { readonly problem: Problem; readonly kind?: HttpError['kind']; readonly response?: never };

export interface SessionInput {
  /** `https://ghcr.io`, without a trailing slash. */
  readonly origin: string;
  /** The repository that tokens are asked for. */
  readonly repository: string;
  readonly http: Http;
  readonly user: string;
  /** Asked once, when the registry first wants it. */
  readonly token: () => Secret | undefined;
}

/**
 * Bytes of an answer, unless the request says otherwise: an upload's is empty, or an error of some
 * lines.
 */
const MAX_ANSWER = 4 * 1024 * 1024;

type Granted =
  | { readonly credential: Credential | undefined; readonly problem?: never }
  | { readonly problem: Problem };

/**
 * Sends requests to one repository of one registry, authorised as the registry's own challenge
 * asks: Basic, or a Bearer token from the challenge's realm (distribution-spec, auth/token). A
 * token is fetched once for each kind of access and kept for the run; a 401 on a kept token fetches
 * it anew, once for each request. The challenge of a host that the registry redirects to is not
 * heard.
 */
export class Session {
  readonly #input: SessionInput;
  readonly #granted = new Map<Access, Promise<Granted>>();
  readonly #redactor = createRedactor();
  #asked: { readonly password: Secret | undefined } | undefined;

  constructor(input: SessionInput) {
    this.#input = input;
  }

  get origin(): string {
    return this.#input.origin;
  }

  /** Whether there is a token to sign in with. */
  get signedIn(): boolean {
    return this.#password() !== undefined;
  }

  /**
   * Takes the password and every token out of a registry's words: it may repeat them in an answer
   * to any request.
   */
  redact(text: string): string {
    return this.#redactor.redact(text);
  }

  async send(request: HttpRequest, access: Access, operation: Operation): Promise<Sent> {
    const sent = await this.#authorised(request, access, operation);
    const { response } = sent;
    if (
      response === undefined ||
      ![401, 403].includes(response.status) ||
      this.#isRegistry(response.url)
    )
      return sent;
    return {
      problem: refusedElsewhere(
        operation,
        response.status,
        this.redact(new URL(response.url).origin),
      ),
    };
  }

  async #authorised(request: HttpRequest, access: Access, operation: Operation): Promise<Sent> {
    // A credential is the registry's alone: an upload may be sent to another origin, with what its
    // URL holds and nothing more.
    if (!this.#isRegistry(request.url)) return this.#request(request, operation);
    const before = this.#granted.get(access);
    const known = before === undefined ? undefined : await before;
    const first = await this.#request(withCredential(request, known), operation);
    // Whom the registry redirects to could name a realm of its own, and would be given the password
    // there.
    if (first.response?.status !== 401 || !this.#isRegistry(first.response.url)) return first;
    const challenges = parseChallenges(first.response.headers.get('www-authenticate') ?? '');
    // Requests that were refused together share one exchange: the second request finds it under
    // way.
    if (this.#granted.get(access) === before)
      this.#granted.set(access, this.#grant(challenges, access, operation, request.signal));
    const now = await this.#granted.get(access);
    if (now?.problem !== undefined) {
      this.#granted.delete(access);
      return { problem: now.problem };
    }
    if (now?.credential === undefined) return first;
    return this.#request(withCredential(request, now), operation);
  }

  #isRegistry(url: string): boolean {
    return new URL(url).origin === this.#input.origin;
  }

  #password(): Secret | undefined {
    if (this.#asked === undefined) {
      this.#asked = { password: this.#input.token() };
      if (this.#asked.password !== undefined) this.#redactor.add(this.#asked.password);
    }
    return this.#asked.password;
  }

  async #request(request: HttpRequest, operation: Operation): Promise<Sent> {
    try {
      const response = await this.#input.http.request({ maxBytes: MAX_ANSWER, ...request });
      return { response: { ...response, redact: (text) => this.redact(text) } };
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      const { kind } = error;
      const { cause, ...found } = networkProblem(operation, error);
      const message = this.redact(found.message);
      if (message === found.message) return { kind, problem: { ...found, cause } };
      return { kind, problem: { ...found, message, reason: this.redact(error.reason) } };
    }
  }

  async #grant(
    challenges: readonly Challenge[],
    access: Access,
    operation: Operation,
    signal?: AbortSignal,
  ): Promise<Granted> {
    const password = this.#password();
    if (password === undefined && access === 'push') {
      return { problem: noToken(operation, this.#input.origin, this.#input.repository) };
    }
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer !== undefined) return this.#exchange(bearer, access, operation, signal);
    if (password === undefined) return { credential: undefined };
    if (challenges.some(({ scheme }) => scheme === 'basic')) {
      return {
        credential: {
          scheme: 'basic',
          origin: this.#input.origin,
          user: this.#input.user,
          password,
        },
      };
    }
    return {
      problem: unauthorized(
        operation,
        'the registry asks for neither Basic nor Bearer authentication',
      ),
    };
  }

  async #exchange(
    challenge: Challenge,
    access: Access,
    operation: Operation,
    signal?: AbortSignal,
  ): Promise<Granted> {
    if (!this.signedIn) return this.#fetchToken(challenge, 'pull', operation, signal);
    // One token for reading and writing saves an exchange; one that may only read is still good for
    // reading.
    const granted = await this.#fetchToken(challenge, 'pull,push', operation, signal);
    if (granted.problem === undefined) {
      const other = access === 'push' ? 'pull' : 'push';
      if (!this.#granted.has(other)) this.#granted.set(other, Promise.resolve(granted));
    }
    if (access === 'push' || granted.problem?.kind !== 'authentication') return granted;
    return this.#fetchToken(challenge, 'pull', operation, signal);
  }

  async #fetchToken(
    challenge: Challenge,
    actions: string,
    operation: Operation,
    signal?: AbortSignal,
  ): Promise<Granted> {
    // A failed exchange leaves nothing on the registry, whatever the request it was for.
    const exchange: Operation = {
      ...operation,
      what: `get a token to ${operation.what}`,
      effect: 'none',
    };
    const realm = realmUrl(challenge.parameters['realm'], this.#input.origin);
    if (realm === undefined) {
      return { problem: insecure(exchange, 'the realm that the registry names is not https') };
    }
    if (challenge.parameters['service'] !== undefined)
      realm.searchParams.set('service', challenge.parameters['service']);
    realm.searchParams.set('scope', `repository:${this.#input.repository}:${actions}`);
    const password = this.#password();
    const credential: Credential | undefined =
      password === undefined
        ? undefined
        : { scheme: 'basic', origin: realm.origin, user: this.#input.user, password };
    const request: HttpRequest = {
      method: 'GET',
      url: realm.href,
      maxBytes: 1024 * 1024,
      ...(signal && { signal }),
      ...(credential && { credential }),
    };
    const sent = await this.#request(request, exchange);
    if (sent.response === undefined) return sent;
    if (sent.response.status !== 200) return { problem: answerProblem(exchange, sent.response) };
    const token = tokenOf(sent.response);
    if (token === undefined) return { problem: malformed(exchange, 'the answer holds no token') };
    this.#redactor.add(token);
    return {
      credential: { scheme: 'bearer', origin: this.#input.origin, token: new Secret(token) },
    };
  }
}

function withCredential(request: HttpRequest, granted: Granted | undefined): HttpRequest {
  const credential = granted?.problem === undefined ? granted?.credential : undefined;
  return credential === undefined ? request : { ...request, credential };
}

// distribution-spec, auth/token: `token`, or `access_token` for compatibility with OAuth 2.0.
function tokenOf(response: HttpResponse): string | undefined {
  try {
    const body = response.json() as { token?: unknown; access_token?: unknown } | null;
    const token = body?.token ?? body?.access_token;
    return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
