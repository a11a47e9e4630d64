import { HttpError } from './http.ts';

/**
 * Undici's own limits: 300 s for the headers and between two pieces of the body, 10 s to connect.
 */
const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
/**
 * These codes mean that no connection was made. The system calls are `connect` and `getaddrinfo`.
 */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Classifies a rejected `fetch`, or a body that broke off. Shows only the system's error code, not
 * the error's message.
 */
export function classify(error: unknown, request: string): HttpError {
  if (error instanceof HttpError) return error;
  const source = rootCause(error);
  // Undici's message if a redirect must not be followed.
  if (text(source, 'message') === 'unexpected redirect')
    return new HttpError('redirect', request, 'redirects a body that is streamed', source);
  const code = text(source, 'code');
  if (code !== undefined && TIMEOUTS.has(code))
    return new HttpError('timeout', request, `no answer in time (${code})`, source);
  if (isRefused(source, code))
    return new HttpError('refused', request, `no connection (${code ?? 'refused'})`, source);
  return new HttpError(
    'network',
    request,
    `the connection broke (${code ?? 'no code given'})`,
    source,
  );
}

/** Unwraps fetch's TypeError "fetch failed" or "terminated" to the system's or undici's error. */
function rootCause(error: unknown): unknown {
  let source = error;
  while (
    source instanceof Error &&
    text(source, 'code') === undefined &&
    source.cause !== undefined
  )
    source = source.cause;
  return source;
}

function isRefused(source: unknown, code: string | undefined): boolean {
  if (code !== undefined && NOT_CONNECTED.has(code)) return true;
  const call = text(source, 'syscall');
  // Node tries each address of a name in turn. If none accepts, it reports all errors at once.
  return call === 'connect' || call === 'getaddrinfo' || source instanceof AggregateError;
}

function text(source: unknown, key: string): string | undefined {
  const value =
    typeof source === 'object' && source !== null
      ? (source as Record<string, unknown>)[key]
      : undefined;
  return typeof value === 'string' ? value : undefined;
}
