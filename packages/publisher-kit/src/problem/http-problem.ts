import { type Problem, problem } from '@ameide/versioning-core';
import { HttpError } from '../http/http.ts';
import { isTemporary } from '../http/status.ts';
import { cleanText } from './text.ts';

export interface HttpFailure {
  /** Prefix of the problem's code: `npm` makes `npm-unauthorized`. */
  readonly code: string;
  /** The failed action, as a verb: `publish npm:a@1`. */
  readonly what: string;
  /** The unwelcome answer. A client library's status is enough; its text also needs a `redact`. */
  readonly response?: {
    readonly status: number;
    readonly statusText?: string;
    readonly headers?: Pick<Headers, 'get'>;
    readonly redact?: (text: string) => string;
  };
  /**
   * What `Http.request` rejected with. Everything but `HttpError`, so aborts and bugs, is thrown
   * on.
   */
  readonly error?: unknown;
  /** The server's own message, if the body contains it. It is shortened and made printable. */
  readonly detail?: string;
  readonly coordinate?: string;
  /** Where the token came from, for the hint of a 401: `NPM_TOKEN`. */
  readonly tokenFrom?: string;
  /**
   * What the request has left on the servers, as far as we know: `unknown` for a write whose answer
   * is missing or doubtful.
   */
  readonly effect: Problem['effect'];
}

/** What an answer, or a missing one, means. */
interface Meaning {
  /** The end of the problem's code. */
  readonly suffix: string;
  readonly kind?: Problem['kind'];
  readonly rerun: Problem['rerun'];
  readonly hint: string;
}

/**
 * Turns an HTTP failure into a `Problem`: 401 and 403 are `authentication`, the rest is
 * `incomplete`, or `unknown` if the effect is. Pass exactly one of `response` and `error`. Does not
 * decide whether a 409 is a conflict: that needs a comparison of digests.
 */
export function httpProblem(failure: HttpFailure): Problem {
  const { code, coordinate, effect, error, response, what } = failure;
  if (response === undefined && !(error instanceof HttpError)) throw error;
  // Nobody received a request whose connection was refused; an insecure request was never sent.
  const isUnsent = error instanceof HttpError && UNSENT.has(error.kind);
  const known = isUnsent && effect === 'unknown' ? 'none' : effect;
  const { suffix, hint, rerun, kind } = meaningOf(failure);
  return problem({
    code: `${code}-${suffix}`,
    kind: kind ?? (known === 'unknown' ? 'unknown' : 'incomplete'),
    message: `Could not ${what}: ${error instanceof HttpError ? error.message : reasonOf(failure)}.`,
    reason: reasonOf(failure),
    hint,
    coordinate,
    effect: known,
    rerun,
    cause: error,
  });
}

const UNSENT: ReadonlySet<HttpError['kind']> = new Set(['refused', 'insecure', 'internal']);

/**
 * Returns what the server answered, or why it did not. Leaves out the URL, so that the reason is
 * the same for all artifacts of one server.
 */
function reasonOf({ detail, error, response }: HttpFailure): string {
  if (error instanceof HttpError) return error.reason;
  const said = wordsOf(response, detail ?? response?.statusText ?? '');
  return `the server answered ${response?.status}${said === '' ? '' : ` (${said})`}`;
}

/**
 * Removes the credential, which a server may repeat, before shortening the text: otherwise half a
 * secret could remain.
 */
function wordsOf(response: HttpFailure['response'], text: string): string {
  return cleanText(response?.redact?.(text) ?? text);
}

function meaningOf({ error, response, tokenFrom }: HttpFailure): Meaning {
  if (error instanceof HttpError) return OF_KIND[error.kind];
  const status = response?.status ?? 0;
  if (status === 401) {
    const where = tokenFrom === undefined ? '' : ` in ${tokenFrom}`;
    const hint = `Set a valid token${where}: this one is missing, mistyped or expired.`;
    return { suffix: 'unauthorized', kind: 'authentication', rerun: 'after-fix', hint };
  }
  const known = OF_STATUS.get(status);
  if (known !== undefined) return known;
  if (!isTemporary(status)) return REJECTED;
  const wait = wordsOf(response, response?.headers?.get('retry-after') ?? '');
  const seconds = /^\d+$/.test(wait) ? `${wait} s` : wait;
  const when =
    wait === '' ? ' in a while' : ` after the wait that the server asks for (${seconds})`;
  const suffix = status === 429 ? 'rate-limited' : 'unavailable';
  return { suffix, rerun: 'safe', hint: `Run the same command again${when}.` };
}

const REJECTED: Meaning = {
  suffix: 'rejected',
  rerun: 'after-fix',
  hint: 'The server rejects this request: its answer says why.',
};

const OF_STATUS: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [
    403,
    {
      suffix: 'forbidden',
      kind: 'authentication',
      rerun: 'after-fix',
      hint: 'Check what the token may do: its scope, the packages it covers, and its owner’s role in the organisation.',
    },
  ],
  [
    404,
    {
      suffix: 'not-found',
      rerun: 'after-fix',
      hint: 'Check the name and the address, and that the token may see it.',
    },
  ],
  [
    413,
    {
      suffix: 'too-large',
      rerun: 'after-fix',
      hint: 'The upload is larger than the server accepts.',
    },
  ],
]);

const NETWORK_HINT =
  'Check the address, the network and the proxy settings, then run the same command again.';

const OF_KIND: Readonly<Record<HttpError['kind'], Meaning>> = {
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
    hint: 'If you trust the address that it redirects to, configure that one.',
  },
  insecure: {
    suffix: 'insecure',
    rerun: 'after-fix',
    hint: 'Use an https address and a credential for that address.',
  },
  internal: {
    suffix: 'internal-address',
    rerun: 'after-fix',
    hint: 'A server may not name an address of this machine or of the network around it, unless it is there itself. If that address is right, configure the registry by its own address inside that network; otherwise find out who changed its answers.',
  },
};
