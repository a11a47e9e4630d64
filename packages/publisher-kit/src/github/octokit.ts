import { Octokit } from '@octokit/rest';
import type { Credential, Http, HttpRequest, HttpResponse } from '../http/http.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import type { Secret } from '../secret/secret.ts';
import type { Sleep } from '../sleep.ts';
import { createPace, type Pace } from '../write/pace.ts';
import type { GithubAddresses } from './addresses.ts';

/** The addresses of one GitHub, and the token for it. */
export interface GithubAccess extends Pick<GithubAddresses, 'apiUrl' | 'uploadsUrl'> {
  readonly http: Http;
  /** Waits between two attempts. */
  readonly sleep: Sleep;
  token(): Secret | undefined;
}

/** How many times a read waits for a rate limit. */
const READS = 4;
/** Milliseconds: a large asset on a slow line needs that long. */
const UPLOAD_MS = 15 * 60_000;
const JSON_MS = 60_000;

/**
 * Creates octokit with the kit's `Http` in place of fetch: the kit retries reads, obeys Retry-After, and
 * sends the token to its own origin alone. Octokit itself has no token.
 */
export function createOctokit(access: GithubAccess, signal: AbortSignal): Octokit {
  const pace = createPace(signal, { sleep: access.sleep });
  return new Octokit({
    baseUrl: access.apiUrl,
    log: SILENT,
    request: { fetch: async (url: string, init: FetchInit) => send(access, pace, url, init) },
  });
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** What octokit passes to fetch. */
interface FetchInit {
  readonly method: HttpRequest['method'];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: HttpRequest['body'];
}

async function send(
  access: GithubAccess,
  pace: Pace,
  url: string,
  { method, headers, body }: FetchInit,
): Promise<Response> {
  const token = access.token();
  const isUpload = url.startsWith(`${access.uploadsUrl}/`);
  const request: HttpRequest = {
    method,
    url,
    headers: withoutAgent(headers),
    signal: pace.signal,
    deadlineMs: isUpload ? UPLOAD_MS : JSON_MS,
    ...(headers['accept'] === BYTES ? { maxBytes: LARGEST_DOWNLOAD } : {}),
    ...(body === undefined || body === null ? {} : { body }),
    ...(token === undefined ? {} : { credential: credentialFor(access, url, token) }),
  };
  for (let attempt = 1; ; attempt += 1) {
    const response = await access.http.request(request);
    const afterMs = limitOf(response);
    if (afterMs === undefined)
      return headers['accept'] === BYTES ? asBytes(response) : asJson(response);
    const isLast = method !== 'GET' || attempt === READS;
    if (isLast || !(await pace.pause(attempt, afterMs))) return toFetch(response, afterMs);
  }
}

/** The largest asset that is downloaded, in bytes. */
const LARGEST_DOWNLOAD = 2 ** 31 - 1;

/** Only these two addresses get the token. */
function credentialFor(access: GithubAccess, url: string, token: Secret): Credential {
  const base = url.startsWith(`${access.uploadsUrl}/`) ? access.uploadsUrl : access.apiUrl;
  return { scheme: 'bearer', origin: new URL(base).origin, token };
}

function withoutAgent(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'user-agent'));
}

/**
 * Returns how long a rate limit lasts, in milliseconds; undefined for any other answer. GitHub answers
 * 403 or 429: with Retry-After for too many requests in a short time, else with the time at which
 * the next hour begins ("Rate limits for the REST API").
 */
function limitOf({ headers, status }: HttpResponse): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const asked = retryAfterMs(headers.get('retry-after'), Date.now());
  if (asked !== undefined) return asked;
  if (headers.get('x-ratelimit-remaining') !== '0') return undefined;
  const reset = Number(headers.get('x-ratelimit-reset')) * 1000;
  return Number.isFinite(reset) ? Math.max(0, reset - Date.now()) : 0;
}

/** The media type of a download. */
export const BYTES = 'application/octet-stream';

/** Sets the type, whatever the file storage answers: octokit would read some types as text. */
function asBytes(response: HttpResponse): Response {
  const made = toFetch(response);
  if (response.status < 400) made.headers.set('content-type', BYTES);
  return made;
}

/**
 * Rejects with `HttpError` for an answer that is not the API's: octokit would take a network's
 * login page for data.
 */
function asJson(response: HttpResponse): Response {
  const { body, status } = response;
  if (status >= 200 && status < 300 && body.length > 0) {
    response.json();
    const made = toFetch(response);
    made.headers.set('content-type', 'application/json');
    return made;
  }
  return toFetch(response);
}

/** Makes the response that fetch would return. Turns any rate limit into a 429 with Retry-After. */
function toFetch(response: HttpResponse, afterMs?: number): Response {
  const { body, url } = response;
  const headers = new Headers(response.headers);
  // The kit has decompressed the body.
  headers.delete('content-encoding');
  headers.delete('content-length');
  const status = afterMs === undefined ? response.status : 429;
  if (afterMs !== undefined) headers.set('retry-after', `${Math.ceil(afterMs / 1000)}`);
  const isEmpty = [204, 205, 304].includes(status);
  const made = new Response(isEmpty ? null : Buffer.from(body), { status, headers });
  return Object.defineProperty(made, 'url', { value: url });
}
