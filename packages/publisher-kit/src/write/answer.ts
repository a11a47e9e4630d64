import { type Problem, problem } from '@ameide/versioning-core';
import type { HttpError } from '../http/http.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import {
  type AnswerClass,
  type AnswerState,
  classifyError,
  classifyStatus,
} from '../http/status.ts';

/** The answer to one attempt to write. `R` is the reason, for people. */
export type Answer<R> =
  | { readonly state: 'accepted' }
  | {
      readonly state: Exclude<AnswerState, 'accepted'>;
      /** True if the same request may be accepted later. */
      readonly again: boolean;
      /** How long the server asks us to wait, in milliseconds. */
      readonly afterMs?: number | undefined;
      readonly reason: R;
    };

/** Statuses that mean something else at this registry than in the table. */
export type StatusExceptions = Readonly<Record<number, Partial<AnswerClass>>>;

/** Makes an answer from an HTTP response to a write. Calls `reason` unless the status is 2xx. */
export function statusAnswer<R>(
  response: { readonly status: number; readonly headers?: Pick<Headers, 'get'> },
  reason: () => R,
  exceptions: StatusExceptions = {},
): Answer<R> {
  const { status, headers } = response;
  const { state, again } = { ...classifyStatus(status), ...exceptions[status] };
  if (state === 'accepted') return { state };
  const afterMs = retryAfterMs(headers?.get('retry-after'), Date.now());
  return { state, again, afterMs, reason: reason() };
}

/**
 * Makes an answer from a missing response to a write. `kind` is absent if the write was never sent.
 */
export function errorAnswer(kind: HttpError['kind'] | undefined, reason: Problem): Answer<Problem> {
  if (kind === undefined) return { state: 'not-processed', again: reason.rerun === 'safe', reason };
  return { ...classifyError(kind), reason };
}

const AGAIN =
  'Run the same command again in a while: it reads the registry first, and sends only what is absent.';

/**
 * Makes the problem of a write that may have succeeded. `last` is the problem of the last attempt;
 * `unread` says why the registry could not be read afterwards. Without `unread`, we read the
 * registry and it does not show the write.
 */
export function outcomeUnknown(code: string, last: Problem, unread?: Problem): Problem {
  const ending =
    unread === undefined
      ? 'The registry does not show it, but may have stored it.'
      : 'The registry cannot be read, so we do not know whether it was stored.';
  return problem({
    code: `${code}-outcome-unknown`,
    kind: 'unknown',
    message: `${last.message} ${ending}`,
    hint: AGAIN,
    coordinate: last.coordinate,
    reason: last.reason,
    cause: unread ?? last,
  });
}
