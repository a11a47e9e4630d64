import type { Problem } from '@ameide/versioning-core';
import { HttpError } from '../http/http.ts';
import { cleanText } from './text.ts';

export interface HttpFailure {
  /** Prefix of the problem's code: `npm` makes `npm-unauthorized`. */
  readonly code: string;
  /** What was being done, as a verb: `publish npm:a@1`. */
  readonly what: string;
  /**
   * The answer that was not the hoped-for one. A client library's status will do; its words need a
   * `redact` then.
   */
  readonly response?: {
    readonly status: number;
    readonly statusText?: string;
    readonly headers?: Pick<Headers, 'get'>;
    readonly redact?: (text: string) => string;
  };
  /**
   * What `Http.request` rejected with. Aborts and bugs, that is all but `HttpError`, are thrown on.
   */
  readonly error?: unknown;
  /** The server's own words, when they stand in the body. Shortened, made printable. */
  readonly detail?: string;
  readonly coordinate?: string;
  /** Where the token came from, for the hint of a 401: `NPM_TOKEN`. */
  readonly tokenFrom?: string;
  /**
   * What is known to be on the servers: `unknown` for a write whose answer is missing or doubtful.
   */
  readonly effect: Problem['effect'];
}

type Verdict = Pick<Problem, 'message' | 'rerun'> & {
  readonly suffix: string;
  readonly kind?: Problem['kind'];
  readonly hint?: string;
};

/**
 * An HTTP failure as a `Problem`. 401 and 403 are `authentication`; the rest is `incomplete`, or
 * `unknown` when the effect is. Exactly one of `response` and `error` is given. A 409 is not judged
 * a conflict here: that takes a comparison of digests.
 */
export function httpProblem(failure: HttpFailure): Problem {
  const verdict =
    failure.response === undefined ? ofError(failure) : ofResponse(failure, failure.response);
  // Nobody received a refused connection's request, and an insecure one was never sent.
  const unsent =
    failure.error instanceof HttpError &&
    (failure.error.kind === 'refused' || failure.error.kind === 'insecure');
  const effect = unsent && failure.effect === 'unknown' ? 'none' : failure.effect;
  return {
    code: `${failure.code}-${verdict.suffix}`,
    message: verdict.message,
    kind: verdict.kind ?? (effect === 'unknown' ? 'unknown' : 'incomplete'),
    effect,
    rerun: verdict.rerun,
    ...(verdict.hint === undefined ? {} : { hint: verdict.hint }),
    ...(failure.coordinate === undefined ? {} : { coordinate: failure.coordinate }),
    ...(failure.error === undefined ? {} : { cause: failure.error }),
  };
}

function ofResponse(failure: HttpFailure, response: NonNullable<HttpFailure['response']>): Verdict {
  const { status } = response;
  // A server may repeat what it was sent, the credential too: before the text is shortened, or half
  // a secret would stay.
  const words = (text: string): string => cleanText(response.redact?.(text) ?? text);
  const said = words(failure.detail ?? response.statusText ?? '');
  const message = `Could not ${failure.what}: the server answered ${status}${said === '' ? '' : ` (${said})`}.`;
  if (status === 401) {
    const where = failure.tokenFrom === undefined ? '' : ` in ${failure.tokenFrom}`;
    const hint = `Give a token${where}, or a new one: this one is missing, mistyped or expired.`;
    return { suffix: 'unauthorized', kind: 'authentication', rerun: 'after-fix', message, hint };
  }
  if (status === 403) {
    const hint =
      'Check what the token may do: its scope, the packages it covers, and its owner’s role in the organisation.';
    return { suffix: 'forbidden', kind: 'authentication', rerun: 'after-fix', message, hint };
  }
  if (status === 429)
    return {
      suffix: 'rate-limited',
      rerun: 'safe',
      message,
      hint: afterWait(words(response.headers?.get('retry-after') ?? '')),
    };
  if (status >= 500 || status === 408 || status === 425) {
    return {
      suffix: 'unavailable',
      rerun: 'safe',
      message,
      hint: afterWait(words(response.headers?.get('retry-after') ?? '')),
    };
  }
  if (status === 404)
    return {
      suffix: 'not-found',
      rerun: 'after-fix',
      message,
      hint: 'Check the name and the address, and that the token may see it.',
    };
  if (status === 413)
    return {
      suffix: 'too-large',
      rerun: 'after-fix',
      message,
      hint: 'The upload is larger than the server takes.',
    };
  return {
    suffix: 'rejected',
    rerun: 'after-fix',
    message,
    hint: 'The server does not take the request as it is: its answer says why.',
  };
}

function afterWait(wait: string): string {
  return `Run the same command again${wait === '' ? ' in a while' : `; the server asks for a wait (Retry-After: ${wait})`}.`;
}

const NETWORK_HINT =
  'Check the address, the network and the proxy settings, then run the same command again.';

const OF_KIND: Readonly<Record<HttpError['kind'], Omit<Verdict, 'message'>>> = {
  refused: { suffix: 'unreachable', rerun: 'safe', hint: NETWORK_HINT },
  network: { suffix: 'network', rerun: 'safe', hint: NETWORK_HINT },
  timeout: { suffix: 'timeout', rerun: 'safe', hint: 'Run the same command again in a while.' },
  malformed: {
    suffix: 'malformed',
    rerun: 'safe',
    hint: 'Check that the address is the registry’s own: a proxy or a login page may have answered.',
  },
  'too-large': {
    suffix: 'answer-too-large',
    rerun: 'after-fix',
    hint: 'Check that the address is the registry’s own.',
  },
  redirect: {
    suffix: 'redirect',
    rerun: 'after-fix',
    hint: 'Give the address it redirects to, if you trust it.',
  },
  insecure: {
    suffix: 'insecure',
    rerun: 'after-fix',
    hint: 'Use an https address, and a credential of that address.',
  },
};

function ofError(failure: HttpFailure): Verdict {
  if (!(failure.error instanceof HttpError)) throw failure.error;
  return {
    ...OF_KIND[failure.error.kind],
    message: `Could not ${failure.what}: ${failure.error.message}.`,
  };
}
