import type { Secret } from '../secret/secret.ts';
import type { FileBody } from './file-body.ts';

/** Sends requests to registries. `createHttp` makes the real one; tests can use a literal. */
export interface Http {
  /**
   * Resolves for every HTTP status: a 404 or 503 is an answer. Rejects with `HttpError` if there is
   * no answer (network, deadline, body too large, too many redirects), and with the signal's reason
   * on abort.
   */
  request(request: HttpRequest): Promise<HttpResponse>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  /**
   * The address of the answer that named `url`: an upload's Location, a file's link, a token's
   * realm. The same rule then holds as for a redirect. Omit it for what the user has configured.
   */
  readonly from?: string | undefined;
  /**
   * Must not contain credentials; use `credential`. A redirect to another origin keeps only headers
   * such as Accept and Range.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** A FormData is encoded as multipart. A `FileBody` is streamed from disk; redirects are then not followed. */
  readonly body?: Uint8Array | string | FormData | FileBody;
  /**
   * Sent only to its own origin, and never again after a redirect to another one. A `url` of
   * another origin is refused as `insecure`.
   */
  readonly credential?: Credential;
  /**
   * `idempotent` (the default for GET and HEAD): tries again after 408, 425, 429, 5xx except 501
   * and 505, and network failures; obeys Retry-After up to a limit. `never` (the default for all
   * others): one attempt.
   */
  readonly retry?: 'idempotent' | 'never';
  /** For the whole call, including retries. Default 60,000. */
  readonly deadlineMs?: number;
  /** Largest accepted body. Default 100 MiB. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** The reason phrase: PyPI puts its error message there. */
  readonly statusText: string;
  readonly headers: Headers;
  /** The URL after redirects. */
  readonly url: string;
  readonly body: Uint8Array;
  text(): string;
  /** Throws `HttpError` of kind `malformed` if the body is not JSON. */
  json(): unknown;
  /**
   * Removes the request's credential from parts of this answer that people will see: servers may
   * repeat it. A test's literal may omit this.
   */
  readonly redact?: (text: string) => string;
}

/**
 * Bound to an origin (`https://registry.npmjs.org`). The kit refuses to send it elsewhere, or over
 * plain http to a host that is neither loopback nor `plainHttp`.
 */
export type Credential = {
  readonly origin: string;
  /** True if the user has named this host as one without https. */
  readonly plainHttp?: boolean;
} & (
  | { readonly scheme: 'bearer'; readonly token: Secret }
  | { readonly scheme: 'basic'; readonly user: string; readonly password: Secret }
);

/** Thrown if there is no usable answer. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  /**
   * `refused`: no attempt and no redirect got a connection (nothing listens, the name does not
   * resolve), so nobody received anything. `network`: a connection broke. `timeout`: the deadline
   * passed, or the server stalled. `malformed`: the answer is not what it claims to be. `insecure`:
   * a credential would have left its origin, or something would have travelled unencrypted. `internal`:
   * a server names an address that is more private than its own, such as this machine.
   */
  readonly kind:
    | 'refused'
    | 'network'
    | 'timeout'
    | 'too-large'
    | 'redirect'
    | 'malformed'
    | 'insecure'
    | 'internal';
  /** Method and URL without query or user information. */
  readonly request: string;

  /** The reason, without the request. */
  readonly reason: string;

  constructor(kind: HttpError['kind'], request: string, message: string, cause?: unknown) {
    super(`${request}: ${message}`, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.request = request;
    this.reason = message;
  }

  /** Returns the same failure with another kind. */
  as(kind: HttpError['kind']): HttpError {
    return new HttpError(kind, this.request, this.reason, this.cause);
  }
}
