import { type Problem, problem } from '@ameide/versioning-core';
import type { HttpError } from '../http/http.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import {
  type AnswerClass,
  type AnswerState,
  classifyError,
  classifyStatus,
} from '../http/status.ts';

/** How one attempt to write was answered; `R` is what was said, for people. */
export type Answer<R> =
  | { readonly state: 'accepted' }
  | {
      readonly state: Exclude<AnswerState, 'accepted'>;
      /** The same request may be accepted later. */
      readonly again: boolean;
      /** The wait that the server asks for, in milliseconds. */
      readonly afterMs?: number | undefined;
      readonly reason: R;
    };

/** Where a registry's statuses mean something else than the table says. */
export type StatusExceptions = Readonly<Record<number, Partial<AnswerClass>>>;

/** An HTTP answer to a write. `reason` is asked for unless the answer is 2xx. */
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

/** No answer to a write. `kind` is absent when the write was never sent. */
export function errorAnswer(kind: HttpError['kind'] | undefined, reason: Problem): Answer<Problem> {
  if (kind === undefined) return { state: 'not-processed', again: reason.rerun === 'safe', reason };
  return { ...classifyError(kind), reason };
}

const AGAIN =
  'Run the same command again, in a while: it reads the registry first, and sends nothing twice.';

/**
 * The problem of a write that may have taken place. `last` is what the last attempt came to,
 * `unread` why the registry could not be read afterwards; without it, it was read and does not show
 * the write.
 */
export function outcomeUnknown(code: string, last: Problem, unread?: Problem): Problem {
  const ending =
    unread === undefined
      ? 'The registry does not show it, but it may have landed.'
      : 'The registry cannot be read to see whether it landed.';
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
