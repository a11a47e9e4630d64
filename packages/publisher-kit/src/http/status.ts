import type { HttpError } from './http.ts';

/**
 * What an answer means for a write.
 * - `accepted`: the server stored it.
 * - `not-processed`: the server did not store it: the request never arrived, or the server rejected
 *   the credential first. No look is needed.
 * - `denied`: the server says that it did not store it. Read the registry before you believe that:
 *   it may deny a second attempt because the first one succeeded, and a gateway may answer 503 after
 *   the server stored the write.
 * - `doubtful`: the server may have stored it, even if it does not show it yet.
 */
export type AnswerState = 'accepted' | 'not-processed' | 'denied' | 'doubtful';

export interface AnswerClass<S extends AnswerState = AnswerState> {
  readonly state: S;
  /** The same request may be accepted later. */
  readonly again: boolean;
}

/** The one table of what an HTTP status means for a write. Other statuses go by their hundred. */
const OF_STATUS: ReadonlyMap<number, AnswerClass> = new Map<number, AnswerClass>([
  // Servers check authentication and rights before the content (RFC 9110, sections 15.5.2, 15.5.4,
  // 15.5.8).
  [401, { state: 'not-processed', again: false }],
  [403, { state: 'not-processed', again: false }],
  [407, { state: 'not-processed', again: false }],
  // A gateway stopped waiting, but the server behind it may have the whole request.
  [408, { state: 'doubtful', again: true }],
  // Two writes met, perhaps this one and its own repetition. npmjs has answered 409 for a version
  // that it stored (npm/cli#7376).
  [409, { state: 'doubtful', again: true }],
  // "Too Early": the server would not process it now (RFC 8470, section 5.2).
  [425, { state: 'denied', again: true }],
  // "Too Many Requests" (RFC 6585, section 4).
  [429, { state: 'denied', again: true }],
  // The server does not implement it now and will not later.
  [501, { state: 'denied', again: false }],
  // "Service Unavailable": not now, perhaps with Retry-After (RFC 9110, section 15.6.4).
  [503, { state: 'denied', again: true }],
  [505, { state: 'denied', again: false }],
]);

/** Returns what a status means for a write. */
export function classifyStatus(status: number): AnswerClass {
  const known = OF_STATUS.get(status);
  if (known !== undefined) return known;
  if (status >= 200 && status < 300) return { state: 'accepted', again: false };
  // 500, a gateway's 502 and 504, Cloudflare's 520 to 527: the server may have stored the write
  // before.
  return status >= 500 ? { state: 'doubtful', again: true } : { state: 'denied', again: false };
}

/**
 * True if the same request may succeed later. Not for a 409, which is about two writes: only
 * `write`, which reads first, tries again after it.
 */
export function isTemporary(status: number): boolean {
  return status !== 409 && classifyStatus(status).again;
}

/** Returns what a missing answer means for a write. */
export function classifyError(
  kind: HttpError['kind'],
): AnswerClass<Exclude<AnswerState, 'accepted'>> {
  return OF_ERROR[kind];
}

const OF_ERROR: Readonly<Record<HttpError['kind'], AnswerClass<Exclude<AnswerState, 'accepted'>>>> =
  {
    refused: { state: 'not-processed', again: true },
    insecure: { state: 'not-processed', again: false },
    internal: { state: 'not-processed', again: false },
    // A server that redirects has not stored it.
    redirect: { state: 'not-processed', again: false },
    network: { state: 'doubtful', again: true },
    timeout: { state: 'doubtful', again: true },
    malformed: { state: 'doubtful', again: true },
    'too-large': { state: 'doubtful', again: false },
  };
