import type { HttpError } from './http.ts';

/**
 * What an answer tells of a write.
 * - `accepted`: it took place.
 * - `unsent`: it did not: nobody received it, or it was turned away before anyone looked at it.
 * - `refused`: the server says that it did not take place. What the server holds decides: a refusal
 *   may be of a repetition, and a gateway's 503 may come after the fact.
 * - `doubtful`: it may have taken place, also when the server does not show it yet.
 */
export type AnswerState = 'accepted' | 'unsent' | 'refused' | 'doubtful';

export interface AnswerClass<S extends AnswerState = AnswerState> {
  readonly state: S;
  /** The same request may be accepted later. */
  readonly again: boolean;
}

/** The one table of what an HTTP status means for a write; any other is by its hundred. */
const OF_STATUS: ReadonlyMap<number, AnswerClass> = new Map<number, AnswerClass>([
  // Authentication and rights come before the content (RFC 9110, sections 15.5.2, 15.5.4, 15.5.8).
  [401, { state: 'unsent', again: false }],
  [403, { state: 'unsent', again: false }],
  [407, { state: 'unsent', again: false }],
  // A gateway that gave up waiting; what is behind it may have the whole request.
  [408, { state: 'doubtful', again: true }],
  // Two writes met, perhaps this one and its own repetition. npmjs has answered it for a version
  // that landed (npm/cli#7376).
  [409, { state: 'doubtful', again: true }],
  // "Too Early": the server would not process it now (RFC 8470, section 5.2).
  [425, { state: 'refused', again: true }],
  // "Too Many Requests" (RFC 6585, section 4).
  [429, { state: 'refused', again: true }],
  // What a server does not implement it does not do later either.
  [501, { state: 'refused', again: false }],
  // "Service Unavailable": not now, perhaps with Retry-After (RFC 9110, section 15.6.4).
  [503, { state: 'refused', again: true }],
  [505, { state: 'refused', again: false }],
]);

/** What a status means for a write. */
export function classifyStatus(status: number): AnswerClass {
  const known = OF_STATUS.get(status);
  if (known !== undefined) return known;
  if (status >= 200 && status < 300) return { state: 'accepted', again: false };
  // 500, a gateway's 502 and 504, Cloudflare's 520 to 527: nothing is said of what came before.
  return status >= 500 ? { state: 'doubtful', again: true } : { state: 'refused', again: false };
}

/** Whether a question that is answered so may be answered otherwise a little later. */
export function mayPass(status: number): boolean {
  // A 409 is about two writes: a read, and a write that was not read back, are not repeated for it.
  return status !== 409 && classifyStatus(status).again;
}

/** What it means for a write that there is no answer. */
export function classifyError(
  kind: HttpError['kind'],
): AnswerClass<Exclude<AnswerState, 'accepted'>> {
  return OF_ERROR[kind];
}

const OF_ERROR: Readonly<Record<HttpError['kind'], AnswerClass<Exclude<AnswerState, 'accepted'>>>> =
  {
    refused: { state: 'unsent', again: true },
    insecure: { state: 'unsent', again: false },
    // A server that redirects has not stored it.
    redirect: { state: 'unsent', again: false },
    network: { state: 'doubtful', again: true },
    timeout: { state: 'doubtful', again: true },
    malformed: { state: 'doubtful', again: true },
    'too-large': { state: 'doubtful', again: false },
  };
