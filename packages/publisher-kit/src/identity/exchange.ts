import {
  failed,
  ok,
  type Problem,
  type ProblemInput,
  problem,
  type Result,
} from '@ameide/versioning-core';
import type { Http, HttpRequest, HttpResponse } from '../http/http.ts';
import { HttpError } from '../http/http.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { httpProblem } from '../problem/http-problem.ts';
import { cleanText } from '../problem/text.ts';
import { createRedactor } from '../secret/redactor.ts';
import { type Secret, toSecret } from '../secret/secret.ts';
import type { Pace } from '../write/pace.ts';
import { type IdentityClaims, readClaims } from './claims.ts';
import type { Identity } from './identity.ts';

/** How a registry gives its own short-lived token for an identity token (trusted publishing). */
export interface IdentityExchange {
  readonly identity: Identity;
  readonly audience: string;
  /** The prefix of the codes of problems: `npm`. */
  readonly code: string;
  /** The action for messages, beginning with a verb: `exchange the identity of this job for a token of npm:a`. */
  readonly what: string;
  readonly coordinate?: string;
  /** Makes the request. Its answer is `{"token": "…"}`. */
  request(token: Secret): Pick<HttpRequest, 'method' | 'url' | 'body' | 'headers' | 'credential'>;
  /** Returns the hint for a refusal. `claims` are those of the refused token. */
  refusedHint(claims: IdentityClaims | undefined): string;
}

export interface ExchangePorts {
  readonly http: Http;
  readonly pace: Pace;
  /** Called with each token that this makes or gets, before it is sent. */
  readonly remember: (secret: Secret) => void;
}

const MAX_BYTES = 64 * 1024;
const DEADLINE_MS = 30_000;
const ATTEMPTS = 3;
/** The statuses of a registry that understood the request and gives no token for this identity. */
const REFUSED: ReadonlySet<number> = new Set([400, 401, 403, 404, 410, 422]);

/**
 * Gets a registry's token for the identity of this job. Asks for a new identity token before each attempt, because a
 * registry accepts each only once. Makes three attempts at most, and another one only if it may help. A refusal is
 * `<code>-not-trusted`; the other problems are those of the identity, and of HTTP. Publishes nothing. Rejects on abort.
 */
export async function exchangeIdentity(
  exchange: IdentityExchange,
  ports: ExchangePorts,
): Promise<Result<Secret>> {
  const { pace } = ports;
  for (let attempt = 1; ; attempt++) {
    const token = await exchange.identity.token(exchange.audience, pace.signal);
    if (token.problems !== undefined) return token;
    ports.remember(token.value);
    const { afterMs, answer } = await send(exchange, token.value, ports);
    if (answer.problems === undefined) {
      ports.remember(answer.value);
      return answer;
    }
    const isLast = attempt === ATTEMPTS || !mayHelp(answer.problems[0]);
    if (isLast || !(await pace.pause(attempt, afterMs))) return answer;
  }
}

/** True if another attempt may succeed. A server that hangs, or is no registry, would only cost time again. */
function mayHelp({ cause, rerun }: Problem): boolean {
  const isHopeless =
    cause instanceof HttpError && (cause.kind === 'malformed' || cause.kind === 'timeout');
  return rerun === 'safe' && !isHopeless;
}

interface Sent {
  readonly answer: Result<Secret>;
  /** How long the registry asks us to wait, in milliseconds. */
  readonly afterMs?: number | undefined;
}

async function send(
  exchange: IdentityExchange,
  token: Secret,
  { http, pace: { signal } }: ExchangePorts,
): Promise<Sent> {
  const about = {
    code: exchange.code,
    what: exchange.what,
    effect: 'none',
    ...(exchange.coordinate === undefined ? {} : { coordinate: exchange.coordinate }),
  } as const;
  try {
    const limits = { maxBytes: MAX_BYTES, deadlineMs: DEADLINE_MS, signal };
    const response = await http.request({ ...exchange.request(token), ...limits });
    const { status } = response;
    if (REFUSED.has(status)) return { answer: failed(refusal(exchange, token, response)) };
    if (status < 200 || status > 299) {
      const answer = failed(httpProblem({ ...about, response: withoutToken(response, token) }));
      return { answer, afterMs: retryAfterMs(response.headers.get('retry-after'), Date.now()) };
    }
    const given = tokenIn(response);
    if (given !== undefined) return { answer: ok(given) };
    const request = `${exchange.request(token).method} ${response.url}`;
    throw new HttpError('malformed', request, `answered ${status} without a token`);
  } catch (error) {
    signal.throwIfAborted();
    return { answer: failed(httpProblem({ ...about, error })) };
  }
}

function refusal(exchange: IdentityExchange, token: Secret, response: HttpResponse): Problem {
  const said = messageIn(response);
  const reason = cleanText(createRedactor([token]).redact(said));
  const shown = reason === '' ? '' : ` (${reason})`;
  const input: ProblemInput = {
    code: `${exchange.code}-not-trusted`,
    kind: 'authentication',
    message: `Could not ${exchange.what}: the registry answered ${response.status}${shown}.`,
    hint: exchange.refusedHint(readClaims(token)),
    reason: `the registry answered ${response.status}${shown}`,
    coordinate: exchange.coordinate,
  };
  return problem(input);
}

function withoutToken(
  { headers, status, statusText }: HttpResponse,
  token: Secret,
): Pick<HttpResponse, 'status' | 'statusText' | 'headers' | 'redact'> {
  return { headers, status, statusText, redact: (text) => createRedactor([token]).redact(text) };
}

function tokenIn(response: HttpResponse): Secret | undefined {
  const token = fieldOf(bodyOf(response), 'token');
  return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) ? toSecret(token) : undefined;
}

/** npm: `{"message": "…"}`. PyPI: that, and `"errors": [{"code": "…", "description": "…"}]`. */
function messageIn(response: HttpResponse): string {
  const body = bodyOf(response);
  const errors = fieldOf(body, 'errors');
  const described = (Array.isArray(errors) ? errors : []).map((one: unknown) =>
    fieldOf(one, 'description'),
  );
  return [fieldOf(body, 'message'), ...described]
    .filter((text) => typeof text === 'string')
    .join(': ');
}

function bodyOf(response: HttpResponse): unknown {
  try {
    return response.json();
  } catch {
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
