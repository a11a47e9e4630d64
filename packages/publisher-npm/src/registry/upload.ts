import {
  cleanText,
  createRedactor,
  type Http,
  inTurn,
  type ObservedRequest,
  reportRequest,
  retryAfterMs,
  type Secret,
  shownAddress,
  type Turn,
} from '@ameide/publisher-kit';
import type { JsonObject } from '@ameide/source-files/json';
import type { Registry } from '../manifest/registry.ts';
import type { Access } from '../options.ts';
import { originAgent, whileSending } from './origin-agent.ts';
import { uploadWithProvenance } from './upload-with-provenance.ts';

export interface Upload {
  readonly registry: Registry;
  readonly http: Http;
  /** A Sigstore bundle as JSON, which the registry keeps with the version. */
  readonly provenance?: Uint8Array;
  readonly token: Secret;
  /** The dist-tag that the upload sets. */
  readonly tag: string;
  /** The version's document, as consumers read it. */
  readonly manifest: JsonObject;
  readonly tarball: Uint8Array;
  readonly access?: Access;
  /** How long to wait for the answer, and then for its body. */
  readonly timeoutMs: number;
}

/**
 * - `accepted`: a 2xx answer.
 * - `answered`: another status.
 * - `refused`: no connection came about.
 * - `network`: the connection broke or timed out.
 * - `not-sent`: npm's library refuses to send this package.
 */
export type UploadAnswer =
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly text: string;
      readonly retryAfter?: string;
    }
  | { readonly kind: 'refused' | 'network'; readonly reason: string }
  | { readonly kind: 'not-sent'; readonly reason: string };

const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNECTIONTIMEOUT',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);

/**
 * Sends one version in one PUT: with a provenance by ourselves, else through libnpmpublish, without its retries: they ignore Retry-After
 * and answer 403 or 409 for a version that was stored. Rejects with the signal's reason on abort.
 */
export async function upload(request: Upload, signal: AbortSignal): Promise<UploadAnswer> {
  signal.throwIfAborted();
  if (request.provenance !== undefined)
    return uploadWithProvenance(request, request.provenance, signal);
  let start = 0;
  const inItsTurn = async (turn: Turn): Promise<UploadAnswer> => {
    start = performance.now();
    const sent = await send(request, signal);
    if (sent.kind === 'answered')
      turn.answered(sent.status, retryAfterMs(sent.retryAfter, Date.now()));
    else if (sent.kind === 'accepted') turn.answered(200);
    return sent;
  };
  const answer = await inTurn(request.registry.origin, inItsTurn, { isWrite: true, signal });
  // npm's own client sends the request, so the kit does not observe it.
  if (answer.kind !== 'not-sent')
    reportRequest({
      method: 'PUT',
      url: shownAddress(
        `${request.registry.url}/${(request.manifest['name'] as string).replace('/', '%2f')}`,
      ),
      ...observedAnswer(answer),
      ms: Math.round(performance.now() - start),
      attempt: 1,
    });
  return answer;
}

function observedAnswer(
  answer: Exclude<UploadAnswer, { readonly kind: 'not-sent' }>,
): Pick<ObservedRequest, 'status' | 'failure'> {
  if (answer.kind === 'answered') return { status: answer.status };
  // npm's client does not report which status from 200 to 299 it was.
  return answer.kind === 'accepted' ? { status: 200 } : { failure: answer.kind };
}

/**
 * Begins to load npm's library. With its dependencies (sigstore is one) it takes longer to load than the
 * rest of this package, and nothing else can run meanwhile. Call it when the run only waits for an answer.
 */
export function loadUploader(): void {
  // `upload` loads it, too, and reports the failure.
  library().catch(() => undefined);
}

async function library(): Promise<typeof import('libnpmpublish')> {
  return import('libnpmpublish');
}

async function send(request: Upload, signal: AbortSignal): Promise<UploadAnswer> {
  const { registry, tarball, token } = request;
  const { publish } = await library();
  const agent = originAgent(registry.origin);
  const options = {
    registry: `${registry.url}/`,
    // The key binds the token to the registry's own address. No .npmrc is read, so there is no
    // other credential.
    [`//${registry.url.replace(/^https?:\/\//, '')}/:_authToken`]: token.reveal(),
    defaultTag: request.tag,
    access: request.access ?? null,
    fetchRetries: 0,
    timeout: request.timeoutMs,
    userAgent: '@ameide/publisher-npm',
    npmCommand: 'publish',
    agent,
    signal,
  };
  // Not a copy: npm's protocol makes a longer one of it.
  const bytes = Buffer.from(tarball.buffer, tarball.byteOffset, tarball.byteLength);
  const sent = { wasRequested: false };
  try {
    await whileSending(sent, async () =>
      publish(structuredClone(request.manifest) as never, bytes as never, options as never),
    );
    return { kind: 'accepted' };
  } catch (error) {
    signal.throwIfAborted();
    return answerOf(error, token, sent.wasRequested);
  }
}

function answerOf(error: unknown, token: Secret, wasRequested: boolean): UploadAnswer {
  const { statusCode, code, headers } = error as {
    statusCode?: unknown;
    code?: unknown;
    headers?: Record<string, unknown>;
  };
  if (typeof statusCode === 'number') {
    const header = headers?.['retry-after'];
    const retryAfter: unknown = Array.isArray(header) ? header[0] : header;
    // A registry may repeat what we sent.
    const redactor = createRedactor([token]);
    const text = redactor.redact(bodyText(error));
    return {
      kind: 'answered',
      status: statusCode,
      text,
      ...(typeof retryAfter === 'string' ? { retryAfter: redactor.redact(retryAfter) } : {}),
    };
  }
  // An error without a code comes from libnpmpublish itself, before it sends: a wrong call.
  if (typeof code !== 'string') throw error;
  if (NOT_CONNECTED.has(code)) return { kind: 'refused', reason: code };
  // EPRIVATE, EUNSCOPED, EBADSEMVER and similar errors occur before the first request.
  return wasRequested
    ? { kind: 'network', reason: code }
    : { kind: 'not-sent', reason: `${code}: ${cleanText((error as Error).message)}` };
}

/** Returns the registry's message: `{ "error": "…" }`. */
function bodyText(error: unknown): string {
  const { body } = error as { body?: unknown };
  const said =
    typeof body === 'object' && body !== null ? (body as { error?: unknown }).error : undefined;
  return typeof said === 'string' ? said : '';
}
