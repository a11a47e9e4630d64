import { InvalidInputError } from '@ameide/versioning-core';
import { createRedactor } from '../secret/redactor.ts';
import type { Secret } from '../secret/secret.ts';
import { authorization, isLoopback } from './credential.ts';
import { type Credential, HttpError, type HttpRequest } from './http.ts';

/** One request to one URL: an `HttpRequest`, or one of its redirects. */
export interface Hop {
  readonly method: HttpRequest['method'];
  readonly url: URL;
  readonly headers: Headers;
  readonly body: HttpRequest['body'];
  /** Removes the call's credential from a string, also at redirects that do not get it. */
  readonly redact: (text: string) => string;
}

/** A redirect to another origin keeps only these headers: any other may be a secret. */
const PUBLIC_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'if-modified-since',
  'if-none-match',
  'range',
  'user-agent',
]);
const CREDENTIAL_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization']);
const USER_AGENT = 'ameide-publisher-kit (+https://github.com/ameideio/ameide-publishing)';

/**
 * Returns `GET https://registry.npmjs.org/name`, without query, fragment and user information, and
 * without the credential, which a redirect may repeat.
 */
export function describeRequest({
  method,
  url,
  redact,
}: Pick<Hop, 'method' | 'url' | 'redact'>): string {
  return redact(`${method} ${url.origin}${url.pathname}`);
}

/**
 * Checks the whole call before anything is sent. Throws `InvalidInputError`, or `HttpError` of kind
 * `insecure`.
 */
export function firstHop(request: HttpRequest): Hop {
  const url = parseUrl(request.url);
  const headers = parseHeaders(request.headers);
  if (!headers.has('user-agent')) headers.set('user-agent', USER_AGENT);
  if (request.body !== undefined && (request.method === 'GET' || request.method === 'HEAD')) {
    throw new InvalidInputError({ field: 'body', expected: `no body with ${request.method}` });
  }
  const redactor = createRedactor(secretsOf(request.credential));
  const hop: Hop = {
    method: request.method,
    url,
    headers,
    body: request.body,
    redact: (text) => redactor.redact(text),
  };
  if (request.credential === undefined) return hop;

  const value = authorization(request.credential);
  if (request.credential.origin !== url.origin) {
    throw insecure(
      hop,
      `the credential belongs to ${originOf(request.credential.origin)} and is not sent elsewhere`,
    );
  }
  const isNamed = request.credential.plainHttp === true;
  if (url.protocol === 'http:' && !isNamed && !isLoopback(url.hostname))
    throw insecure(hop, 'the credential is not sent over plain http');
  headers.set('authorization', value);
  return hop;
}

/**
 * Returns where an answer redirects to, or undefined if it does not. A 304, or a 3xx without
 * Location, is an ordinary answer.
 */
export function redirectTarget(answer: Pick<Response, 'status' | 'headers'>): string | undefined {
  return [301, 302, 303, 307, 308].includes(answer.status)
    ? (answer.headers.get('location') ?? undefined)
    : undefined;
}

/**
 * Returns the next request of a redirect. Throws `HttpError`: another origin never gets a body or a
 * write, and a write never becomes a GET whose 200 would look like success. `checkLead`
 * decides where it may lead.
 */
export function nextHop(hop: Hop, status: number, location: string): Hop {
  const url = URL.parse(location, hop.url.href);
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.password !== ''
  ) {
    throw new HttpError(
      'redirect',
      describeRequest(hop),
      'redirects to an address that cannot be followed',
    );
  }
  const target = hop.redact(`${url.origin}${url.pathname}`);
  const sameOrigin = url.origin === hop.url.origin;
  const reads = hop.method === 'GET' || hop.method === 'HEAD';
  if (!reads && (!sameOrigin || status < 307)) {
    throw new HttpError(
      'redirect',
      describeRequest(hop),
      `answered ${status} to ${target}, which is not followed for ${hop.method}`,
    );
  }
  return { ...hop, url, headers: sameOrigin ? hop.headers : publicHeaders(hop.headers) };
}

function publicHeaders(headers: Headers): Headers {
  const kept = new Headers();
  for (const [name, value] of headers) if (PUBLIC_HEADERS.has(name)) kept.set(name, value);
  return kept;
}

function parseUrl(value: string): URL {
  const url = URL.parse(value);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '')
    return url;
  // Leave out what was received: user information in a URL contains a password.
  throw new InvalidInputError({
    field: 'url',
    expected:
      'an absolute http or https URL without user information, for example https://registry.npmjs.org/name',
    hint: 'Pass user and password as a credential, not in the URL.',
  });
}

function parseHeaders(given: HttpRequest['headers']): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given ?? {})) {
    if (CREDENTIAL_HEADERS.has(name.toLowerCase())) {
      throw new InvalidInputError({
        field: 'headers',
        expected: `no ${name.toLowerCase()} header`,
        hint: 'Use the field credential: it goes only to its own origin.',
      });
    }
    try {
      headers.set(name, value);
    } catch {
      throw new InvalidInputError({
        field: 'headers',
        received: name,
        expected: 'names and values that HTTP allows (RFC 9110, section 5.5)',
      });
    }
  }
  return headers;
}

function secretsOf(credential: Credential | undefined): readonly Secret[] {
  if (credential === undefined) return [];
  return [credential.scheme === 'bearer' ? credential.token : credential.password];
}

function originOf(value: string): string {
  return URL.parse(value)?.origin ?? 'another origin';
}

function insecure(hop: Hop, message: string): HttpError {
  return new HttpError('insecure', describeRequest(hop), message);
}
