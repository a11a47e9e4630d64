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
  networkProblem,
  noToken,
  type Operation,
  refusedElsewhere,
  unauthorized,
} from '../problems.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { fetchToken } from './token.ts';

export type TokenAction = 'pull' | 'push';

/**
 * Either the registry's answer, of any status, or why there is none. `kind` is how the request
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

/** `credential`: none where the registry needs none. */
export type Granted =
  | { readonly credential: Credential | undefined; readonly problem?: never }
  | { readonly problem: Problem; readonly credential?: never };

/**
 * Sends requests to one repository of one registry, authorised as the registry's own challenge
 * asks: Basic, or a Bearer token from the challenge's realm (distribution-spec, auth/token). A
 * token is fetched once for each kind of access and kept for the run; a 401 on a kept token fetches
 * it anew, once for each request. The challenge of a host that the registry redirects to is
 * ignored.
 */
export class Session {
  readonly #input: SessionInput;
  readonly #granted = new Map<TokenAction, Promise<Granted>>();
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
   * Replaces the password and every token in what a registry writes: it may repeat them in an answer
   * to any request.
   */
  redact(text: string): string {
    return this.#redactor.redact(text);
  }

  /** What the user signs in with, for an engine that has to do it itself; none without a token. */
  login(): { readonly user: string; readonly password: Secret } | undefined {
    const password = this.#password();
    return password === undefined ? undefined : { user: this.#input.user, password };
  }

  /**
   * A token that can only pull these repositories of the registry, for an engine. The registry's own
   * challenge says where to get it, not the engine.
   */
  async pullToken(repositories: readonly string[], signal?: AbortSignal): Promise<Granted> {
    const operation: Operation = { what: `pull from ${this.origin}`, effect: 'none' };
    const url = `${this.origin}/v2/`;
    const { problem, response } = await this.#request(
      { method: 'GET', url, ...(signal && { signal }) },
      operation,
    );
    if (problem !== undefined) return { problem };
    const bearer = this.#challenges(response).find(({ scheme }) => scheme === 'bearer');
    if (bearer === undefined)
      return { problem: unauthorized(operation, 'the registry does not ask for a Bearer token') };
    const scopes = repositories.map((repository) => `repository:${repository}:pull`);
    return this.#fetchToken(bearer, scopes, operation, signal);
  }

  async send(request: HttpRequest, access: TokenAction, operation: Operation): Promise<Sent> {
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

  async #authorised(
    request: HttpRequest,
    access: TokenAction,
    operation: Operation,
  ): Promise<Sent> {
    // A credential is the registry's alone: an upload may be sent to another origin, with what its
    // URL holds and nothing more.
    if (!this.#isRegistry(request.url)) return this.#request(request, operation);
    const before = this.#granted.get(access);
    const known = before === undefined ? undefined : await before;
    const first = await this.#request(withCredential(request, known), operation);
    if (first.response?.status !== 401 || !this.#isRegistry(first.response.url)) return first;
    const challenges = this.#challenges(first.response);
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

  /** None of a host that the registry redirects to: its realm would be given the password. */
  #challenges({ headers, url }: HttpResponse): readonly Challenge[] {
    return this.#isRegistry(url) ? parseChallenges(headers.get('www-authenticate') ?? '') : [];
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
    access: TokenAction,
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
    access: TokenAction,
    operation: Operation,
    signal?: AbortSignal,
  ): Promise<Granted> {
    const fetchOwn = async (actions: string): Promise<Granted> => {
      const scope = `repository:${this.#input.repository}:${actions}`;
      return this.#fetchToken(challenge, [scope], operation, signal);
    };
    if (!this.signedIn) return fetchOwn('pull');
    // One token for reading and writing saves an exchange; one that may only read is still good for
    // reading.
    const granted = await fetchOwn('pull,push');
    if (granted.problem === undefined) {
      const other = access === 'push' ? 'pull' : 'push';
      if (!this.#granted.has(other)) this.#granted.set(other, Promise.resolve(granted));
    }
    if (access === 'push' || granted.problem?.kind !== 'authentication') return granted;
    return fetchOwn('pull');
  }

  async #fetchToken(
    challenge: Challenge,
    scopes: readonly string[],
    operation: Operation,
    signal?: AbortSignal,
  ): Promise<Granted> {
    const { origin, user } = this.#input;
    const exchange = { challenge, scopes, registry: origin, user, password: this.#password() };
    const send = async (request: HttpRequest, what: Operation): Promise<Sent> =>
      this.#request(request, what);
    const fetched = await fetchToken(exchange, send, operation, signal);
    if (fetched.problem !== undefined) return fetched;
    this.#redactor.add(fetched.token);
    return { credential: { scheme: 'bearer', origin, token: new Secret(fetched.token) } };
  }
}

function withCredential(request: HttpRequest, granted: Granted | undefined): HttpRequest {
  const credential = granted?.problem === undefined ? granted?.credential : undefined;
  return credential === undefined ? request : { ...request, credential };
}
