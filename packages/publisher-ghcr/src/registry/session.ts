import {
  createRedactor,
  createRunAnswers,
  type Http,
  HttpError,
  type HttpRequest,
  type HttpResponse,
} from '@ameide/publisher-kit';
import type { Problem, Result } from '@ameide/versioning-core';
import type { Login } from '../login/login.ts';
import { networkProblem, type Operation, refusedElsewhere, unauthorized } from '../problems.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { type Granted, Grants, keyOf, type TokenAction } from './grants.ts';

/**
 * The registry's answer, of any status, or why there is none. `kind` says how the request failed;
 * it is absent if the request was not sent.
 */
export type Sent =
  | { readonly response: HttpResponse; readonly problem?: never }
  | { readonly problem: Problem; readonly kind?: HttpError['kind']; readonly response?: never };

export interface SessionInput {
  /** `https://ghcr.io`, without a trailing slash. */
  readonly origin: string;
  /** The repository to request tokens for. */
  readonly repository: string;
  readonly http: Http;
  /** Called once, when the registry first wants a login. */
  readonly login: () => Promise<Result<Login | undefined>>;
}

/**
 * The limit of an answer's bytes, unless the request sets another one: an upload's answer is empty
 * or a short error.
 */
const MAX_ANSWER = 4 * 1024 * 1024;

/** The answers to `GET /v2/` without a login, by origin. A run asks once, for all its images. */
const bases = createRunAnswers();

/**
 * Sends requests to one repository of one registry, with the authorisation that the registry's own
 * challenge demands: Basic, or a Bearer token from the challenge's realm (distribution-spec,
 * auth/token). Learns the challenge from `GET /v2/`, as docker, containerd and crane do, so that the
 * first request has its token. One token reads and writes, for the whole run. After a 401 fetches a
 * new one, once for each request. Ignores the challenge of a host that the registry redirects to.
 */
export class Session {
  readonly #input: SessionInput;
  readonly #redactor = createRedactor();
  readonly #grants: Grants;

  constructor(input: SessionInput) {
    this.#input = input;
    this.#grants = new Grants({
      ...input,
      redactor: this.#redactor,
      send: async (request, operation) => this.#request(request, operation),
    });
  }

  get origin(): string {
    return this.#input.origin;
  }

  /** True if the registry asked for a login and we have one. */
  get signedIn(): boolean {
    return this.#grants.signedIn;
  }

  /**
   * Replaces the password and every token in a registry's message, because any answer may repeat
   * them.
   */
  redact(text: string): string {
    return this.#redactor.redact(text);
  }

  /** Returns the user's login for an engine that signs in by itself; undefined without a token. */
  async login(): Promise<Login | undefined> {
    return (await this.#grants.ask()).value;
  }

  /**
   * Gets a token for an engine that can only pull these repositories. Takes the address from the
   * registry's own challenge, not from the engine.
   */
  async pullToken(repositories: readonly string[], signal?: AbortSignal): Promise<Granted> {
    const operation: Operation = { what: `pull from ${this.origin}`, effect: 'none' };
    const { problem, response } = await this.base(signal);
    if (problem !== undefined) return { problem };
    const bearer = this.#challenges(response).find(({ scheme }) => scheme === 'bearer');
    if (bearer === undefined)
      return { problem: unauthorized(operation, 'the registry does not ask for a Bearer token') };
    const scopes = repositories.map((repository) => `repository:${repository}:pull`);
    return this.#grants.token(bearer, scopes, operation, signal);
  }

  /** Returns the answer to `GET /v2/` without a login. A run asks once, or again if there was no answer. */
  async base(signal?: AbortSignal): Promise<Sent> {
    const ask = async (): Promise<Sent> => {
      const request = { method: 'GET', url: `${this.origin}/v2/` } as const;
      const operation: Operation = { what: `reach ${this.origin}`, effect: 'none' };
      return this.#request({ ...request, ...(signal && { signal }) }, operation);
    };
    return bases.get(signal, this.origin, ask, ({ problem }) => problem === undefined);
  }

  /** Gets the credential for an access before a request needs it. `login` is a key: equal logins have equal keys. */
  async authorise(
    access: TokenAction,
    operation: Operation,
    signal: AbortSignal,
  ): Promise<{ readonly problem?: Problem; readonly login?: string }> {
    const { problem } = await this.#obtain(access, operation, signal);
    if (problem !== undefined) return { problem };
    return { login: keyOf((await this.#grants.ask()).value) };
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

  /**
   * Sends a push that also reads another repository of the registry, in one attempt: with a token
   * for both, if the registry gives tokens.
   */
  async sendReading(from: string, request: HttpRequest, operation: Operation): Promise<Sent> {
    const granted = await this.#grants.reading(from, operation, request.signal);
    if (granted === undefined) return this.send(request, 'push', operation);
    if (granted.problem !== undefined) return granted;
    return this.#request(withCredential(request, granted), operation);
  }

  async #authorised(
    request: HttpRequest,
    access: TokenAction,
    operation: Operation,
  ): Promise<Sent> {
    // The credential is only for the registry. An upload to another origin gets only what its URL
    // contains.
    if (!this.#isRegistry(request.url)) return this.#request(request, operation);
    const { signal } = request;
    const before = this.#obtain(access, operation, signal);
    const known = await before;
    if (known.problem !== undefined) return { problem: known.problem };
    const first = await this.#request(withCredential(request, known), operation);
    if (first.response?.status !== 401 || !this.#isRegistry(first.response.url)) return first;
    const challenges = this.#challenges(first.response);
    // Harbor answers so, to a valid token, for a project that is not there.
    if (known.credential !== undefined && challenges.length === 0) return first;
    const now = await this.#grants.renew(before, challenges, access, operation, signal);
    if (now?.problem !== undefined) return { problem: now.problem };
    if (now?.credential === undefined) return first;
    return this.#request(withCredential(request, now), operation);
  }

  #obtain(access: TokenAction, operation: Operation, signal?: AbortSignal): Promise<Granted> {
    const demanded = async (): Promise<readonly Challenge[]> => {
      const { response } = await this.base(signal);
      return response?.status === 401 ? this.#challenges(response) : [];
    };
    return this.#grants.obtain(access, demanded, operation, signal);
  }

  /**
   * Ignores the challenges of a host that the registry redirects to: its realm would get the
   * password.
   */
  #challenges({ headers, url }: HttpResponse): readonly Challenge[] {
    return this.#isRegistry(url) ? parseChallenges(headers.get('www-authenticate') ?? '') : [];
  }

  #isRegistry(url: string): boolean {
    return new URL(url).origin === this.#input.origin;
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
}

function withCredential(request: HttpRequest, granted: Granted | undefined): HttpRequest {
  const credential = granted?.problem === undefined ? granted?.credential : undefined;
  return credential === undefined ? request : { ...request, credential };
}
