import { createHash } from 'node:crypto';
import { type Credential, createRunAnswers, type Redactor, Secret } from '@ameide/publisher-kit';
import type { Problem, Result } from '@ameide/versioning-core';
import type { Login } from '../login/login.ts';
import { noToken, type Operation, unauthorized } from '../problems.ts';
import type { Challenge } from './challenge.ts';
import { type Fetched, fetchToken, type SendExchange } from './token.ts';

export type TokenAction = 'pull' | 'push' | 'delete';

/** Tokens that a run has got, by registry, realm, service, scopes and login. */
const tokens = createRunAnswers();

/** `credential` is absent if the registry needs none. */
export type Granted =
  | { readonly credential: Credential | undefined; readonly problem?: never }
  | { readonly problem: Problem; readonly credential?: never };

interface GrantsInput {
  /** `https://ghcr.io`, without a trailing slash. */
  readonly origin: string;
  /** The repository to request tokens for. */
  readonly repository: string;
  /** Called once, when the registry first wants a login. */
  readonly login: () => Promise<Result<Login | undefined>>;
  /** Gets every secret. */
  readonly redactor: Pick<Redactor, 'add'>;
  readonly send: SendExchange;
}

/**
 * The credentials that a registry's challenges demand: Basic, or a Bearer token from the challenge's
 * realm (distribution-spec, auth/token). Keeps one for each kind of access.
 */
export class Grants {
  readonly #input: GrantsInput;
  readonly #granted = new Map<TokenAction, Promise<Granted>>();
  /** A token that may read and write; set while it is being fetched. */
  #exchanging: Promise<Granted> | undefined;
  /** Tokens to push that may also read another repository, by that repository. */
  readonly #reading = new Map<string, Promise<Granted>>();
  #asked: Promise<Result<Login | undefined>> | undefined;
  #login: Login | undefined;
  /** The registry's challenge, if it gives tokens. */
  #bearer: Challenge | undefined;

  constructor(input: GrantsInput) {
    this.#input = input;
  }

  /** True if the registry asked for a login and we have one. */
  get signedIn(): boolean {
    return this.#login !== undefined;
  }

  /**
   * Returns what was granted last. The first time, gets what the registry's challenges demand, so that no
   * request has to be refused first. `challenges` returns none if the registry demands nothing or did not
   * answer: then the answer to the request itself decides.
   */
  obtain(
    access: TokenAction,
    challenges: () => Promise<readonly Challenge[]>,
    operation: Operation,
    signal?: AbortSignal,
  ): Promise<Granted> {
    const known = this.#granted.get(access);
    if (known !== undefined) return known;
    const first = this.#grantFirst(access, challenges, operation, signal);
    this.#granted.set(access, first);
    return first;
  }

  /**
   * Answers a challenge to a request that was sent with `before`. Requests that were refused at the
   * same time share one exchange: the second one waits for the first one's.
   */
  async renew(
    before: Promise<Granted> | undefined,
    challenges: readonly Challenge[],
    access: TokenAction,
    operation: Operation,
    signal?: AbortSignal,
  ): Promise<Granted | undefined> {
    if (this.#granted.get(access) === before) {
      tokens.forget();
      this.#granted.set(access, this.#grant(challenges, access, operation, signal));
    }
    const now = await this.#granted.get(access);
    if (now?.problem !== undefined) this.#granted.delete(access);
    return now;
  }

  async #grantFirst(
    access: TokenAction,
    ask: () => Promise<readonly Challenge[]>,
    operation: Operation,
    signal?: AbortSignal,
  ): Promise<Granted> {
    const challenges = await ask();
    const isBearer = challenges.some(({ scheme }) => scheme === 'bearer');
    const isKnown = isBearer || (challenges.length > 0 && (await this.ask()).value !== undefined);
    // A registry that asks for Basic may still serve anonymous users.
    if (!isKnown) return { credential: undefined };
    const granted = await this.#grant(challenges, access, operation, signal);
    if (granted.problem !== undefined) this.#granted.delete(access);
    return granted;
  }

  /**
   * Returns a token to push with that may also read another repository; undefined if the registry
   * gives no tokens.
   */
  async reading(
    from: string,
    operation: Operation,
    signal?: AbortSignal,
  ): Promise<Granted | undefined> {
    if (this.#bearer === undefined) return undefined;
    const scopes = [this.#scope('pull,push'), `repository:${from}:pull`];
    const granted = this.#reading.get(from) ?? this.token(this.#bearer, scopes, operation, signal);
    this.#reading.set(from, granted);
    return granted;
  }

  async ask(): Promise<Result<Login | undefined>> {
    this.#asked ??= this.#input.login();
    const asked = await this.#asked;
    if (asked.value !== undefined && this.#login === undefined) {
      this.#login = asked.value;
      this.#input.redactor.add(asked.value.password);
    }
    return asked;
  }

  async #grant(
    challenges: readonly Challenge[],
    access: TokenAction,
    operation: Operation,
    signal?: AbortSignal,
  ): Promise<Granted> {
    const { problems, value: login } = await this.ask();
    if (problems !== undefined) return { problem: problems[0] };
    if (login === undefined && access !== 'pull') {
      return { problem: noToken(operation, this.#input.origin, this.#input.repository) };
    }
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer !== undefined) return this.#exchange(bearer, access, operation, signal);
    if (login === undefined) return { credential: undefined };
    if (login.kind === undefined && challenges.some(({ scheme }) => scheme === 'basic')) {
      return {
        credential: {
          scheme: 'basic',
          origin: this.#input.origin,
          user: login.user,
          password: login.password,
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
    this.#bearer = challenge;
    const fetchOwn = async (actions: string): Promise<Granted> =>
      this.token(challenge, [this.#scope(actions)], operation, signal);
    if (!this.signedIn) return fetchOwn('pull');
    // Only a removal asks for it: a registry may refuse a token for more than its user may do.
    if (access === 'delete') return fetchOwn('pull,delete');
    // One token for reading and writing saves an exchange; a token that may only read still works
    // for reading.
    this.#exchanging ??= fetchOwn('pull,push').finally(() => {
      this.#exchanging = undefined;
    });
    const granted = await this.#exchanging;
    if (granted.problem === undefined) {
      const other = access === 'push' ? 'pull' : 'push';
      if (!this.#granted.has(other)) this.#granted.set(other, Promise.resolve(granted));
    }
    if (access === 'push' || granted.problem?.kind !== 'authentication') return granted;
    return fetchOwn('pull');
  }

  #scope(actions: string): string {
    return `repository:${this.#input.repository}:${actions}`;
  }

  /** Gets a Bearer token for scopes such as `repository:ameideio/sdk:pull`. */
  async token(
    challenge: Challenge,
    scopes: readonly string[],
    operation: Operation,
    signal?: AbortSignal,
  ): Promise<Granted> {
    const { origin } = this.#input;
    const { problems, value: login } = await this.ask();
    if (problems !== undefined) return { problem: problems[0] };
    const exchange = { challenge, scopes, registry: origin, login };
    const { realm, service } = challenge.parameters;
    const key = JSON.stringify([origin, realm, service, scopes, keyOf(login)]);
    const fetched: Fetched = await tokens.get(
      signal,
      key,
      async () => fetchToken(exchange, this.#input.send, operation, signal),
      ({ problem }) => problem === undefined,
    );
    if (fetched.problem !== undefined) return fetched;
    this.#input.redactor.add(fetched.token);
    return { credential: { scheme: 'bearer', origin, token: new Secret(fetched.token) } };
  }
}

/** Returns a key that is the same for the same login, and does not reveal it. */
export function keyOf(login: Login | undefined): string {
  const parts = login === undefined ? [] : [login.kind ?? '', login.user, login.password.reveal()];
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}
