import type { Secret } from '../secret/secret.ts';

/** Sends requests to registries. `createHttp` makes the real one; tests may give a literal. */
export interface Http {
  /**
   * Resolves for every HTTP status: a 404 or 503 is an answer. Rejects with `HttpError` when there
   * is none (network, deadline, body too large, too many redirects) and with the signal's reason on
   * abort.
   */
  request(request: HttpRequest): Promise<HttpResponse>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  /**
   * Must not hold credentials: those go in `credential`. Beyond the origin a redirect keeps only
   * the likes of Accept and Range.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * A FormData is encoded as multipart. A Blob of a file (`fs.openAsBlob`) is streamed from disk,
   * with its length, anew at each attempt; no redirect is followed then.
   */
  readonly body?: Uint8Array | string | FormData | Blob;
  /**
   * Sent only to its own origin; dropped for good when a redirect leaves it. A `url` of another
   * origin is refused as `insecure`.
   */
  readonly credential?: Credential;
  /**
   * `idempotent` (the default for GET and HEAD): 408, 425, 429, 5xx but 501 and 505, and network
   * failures are tried again, with Retry-After honoured and capped. `never` (the default for the
   * rest): one attempt.
   */
  readonly retry?: 'idempotent' | 'never';
  /** For the whole call with its retries. Default 60,000. */
  readonly deadlineMs?: number;
  /** Largest accepted body. Default 100 MiB. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** The reason phrase: PyPI puts its error text there. */
  readonly statusText: string;
  readonly headers: Headers;
  /** After redirects. */
  readonly url: string;
  readonly body: Uint8Array;
  text(): string;
  /** Throws `HttpError` of kind `malformed` when the body is not JSON. */
  json(): unknown;
  /**
   * Takes the request's credential out of a text of this answer that people will see: servers may
   * repeat it. A test's literal may do without.
   */
  readonly redact?: (text: string) => string;
}

/**
 * Bound to an origin (`https://registry.npmjs.org`); the kit refuses to send it elsewhere, or over
 * plain http to a host that is not loopback.
 */
export type Credential =
  | { readonly scheme: 'bearer'; readonly origin: string; readonly token: Secret }
  | {
      readonly scheme: 'basic';
      readonly origin: string;
      readonly user: string;
      readonly password: Secret;
    };

/** There was no usable answer. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  /**
   * `refused`: no connection came about (nothing listens, the name does not resolve), on no attempt
   * and no hop, so nothing was received by anyone. `network`: a connection broke. `timeout`: the
   * deadline passed, or the peer stalled. `malformed`: the answer is not what it says it is.
   * `insecure`: a credential would have left its origin or travelled unencrypted.
   */
  readonly kind:
    | 'refused'
    | 'network'
    | 'timeout'
    | 'too-large'
    | 'redirect'
    | 'malformed'
    | 'insecure';
  /** Method and URL without query or user information. */
  readonly request: string;

  /** Why, without the request. */
  readonly reason: string;

  constructor(kind: HttpError['kind'], request: string, message: string, cause?: unknown) {
    super(`${request}: ${message}`, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.request = request;
    this.reason = message;
  }

  /** The same failure of another kind. */
  as(kind: HttpError['kind']): HttpError {
    return new HttpError(kind, this.request, this.reason, this.cause);
  }
}
