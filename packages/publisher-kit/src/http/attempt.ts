import type { Deadline } from './deadline.ts';
import { classify } from './failure.ts';
import { fetchOptions } from './file-body.ts';
import { HttpError, type HttpResponse } from './http.ts';
import { checkLead, type Lookup } from './lead.ts';
import { observed } from './observed.ts';
import { describeRequest, type Hop, nextHop, redirectTarget } from './request.ts';
import { createResponse, readBody } from './response.ts';
import { retryAfterMs } from './retry-after.ts';
import { inTurn, type Turn } from './turn.ts';

export interface Limits {
  /** Bytes of the answer, after decompression. */
  readonly maxBytes: number;
  /** Milliseconds to wait for the next byte of the answer. */
  readonly stallMs: number;
  /** 1 for the first attempt of the call. */
  readonly attempt: number;
}

/** What an attempt uses from outside. */
export interface AttemptPorts {
  readonly fetch: typeof globalThis.fetch;
  readonly lookup: Lookup;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Unix milliseconds. */
  readonly now: () => number;
}

const MOST_REDIRECTS = 5;
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * Makes one attempt and follows its redirects, each in the turn of its server; the deadline does not run
 * meanwhile. Rejects with `HttpError`, or with fetch's own error once the deadline's signal has aborted.
 */
export async function attemptOnce(
  first: Hop,
  { fetch, lookup, now, sleep }: AttemptPorts,
  limits: Limits,
  deadline: Deadline,
): Promise<HttpResponse> {
  const { signal } = deadline;
  let hop = first;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const { attempt } = limits;
    const current = hop;
    const send = async (turn: Turn): Promise<HttpResponse | Hop> => {
      deadline.run();
      return observed(current, attempt, async (seen) => {
        const answered = ({ headers, status }: Response): void => {
          seen(status);
          turn.answered(status, retryAfterMs(headers.get('retry-after'), now()));
        };
        const redirected = redirects > 0;
        return exchange(current, fetch, limits, { signal, redirected, answered });
      });
    };
    deadline.pause();
    const isWrite = !READS.has(hop.method);
    const answer = await inTurn(hop.url.origin, send, { isWrite, signal, sleep, now });
    if ('json' in answer) return answer;
    await checkHop(answer, hop.url, lookup, signal);
    hop = answer;
  }
  throw new HttpError('redirect', describeRequest(first), `more than ${MOST_REDIRECTS} redirects`);
}

/** Checks that the server at `from` may lead to a hop. Rejects at the latest when `signal` aborts. */
export async function checkHop(
  hop: Hop,
  from: URL,
  lookup: Lookup,
  signal: AbortSignal,
): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new Error('aborted'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    const request = describeRequest({ ...hop, url: from });
    const target = hop.redact(`${hop.url.origin}${hop.url.pathname}`);
    await Promise.race([checkLead({ from, to: hop.url, request, target }, lookup), promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

interface Exchange {
  readonly signal: AbortSignal;
  readonly redirected: boolean;
  readonly answered: (response: Response) => void;
}

async function exchange(
  hop: Hop,
  fetch: typeof globalThis.fetch,
  limits: Limits,
  { answered, redirected, signal }: Exchange,
): Promise<HttpResponse | Hop> {
  const request = describeRequest(hop);
  using watch = new Watch(limits.stallMs, signal);
  // Only the deadline limits an upload: the server need not answer before it ends.
  if (hop.body === undefined) watch.restart();
  try {
    const response = await fetch(hop.url, { ...fetchOptions(hop), signal: watch.signal });
    watch.restart();
    answered(response);
    const location = redirectTarget(response);
    if (location !== undefined) {
      await response.body?.cancel();
      return nextHop(hop, response.status, location);
    }
    const body = await readBody(response, limits.maxBytes, request, () => watch.restart());
    const { status, statusText, headers } = response;
    return createResponse(
      { status, statusText, headers, url: hop.url.href, body, redact: hop.redact },
      request,
    );
  } catch (error) {
    if (signal.aborted) throw error;
    if (watch.signal.aborted)
      throw new HttpError('timeout', request, `nothing arrived for ${limits.stallMs} ms`);
    const failure = classify(error, request);
    // The host that redirected did receive the request.
    throw redirected && failure.kind === 'refused' ? failure.as('network') : failure;
  }
}

/** Aborts when an outer signal does, or when nobody restarts it in time. */
class Watch {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #ms: number;
  readonly #abort = (): void => this.#controller.abort();
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, outer: AbortSignal) {
    this.#ms = ms;
    this.#outer = outer;
    outer.addEventListener('abort', this.#abort, { once: true });
    if (outer.aborted) this.#abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    if (this.#timer === undefined) this.#timer = setTimeout(this.#abort, this.#ms);
    else this.#timer.refresh();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#abort);
  }
}
