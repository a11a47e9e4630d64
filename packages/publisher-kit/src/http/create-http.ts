import { sleep } from '../sleep.ts';
import { attemptOnce, checkHop } from './attempt.ts';
import { Deadline } from './deadline.ts';
import { environmentFetch } from './environment-fetch.ts';
import { type Http, HttpError, type HttpRequest, type HttpResponse } from './http.ts';
import { type Lookup, systemLookup } from './lead.ts';
import { describeRequest, firstHop, type Hop } from './request.ts';
import { retryAfterMs, waitMs } from './retry-after.ts';
import { classifyError, isTemporary } from './status.ts';

/** What `createHttp` uses from outside. Each part has a default. */
export interface HttpPorts {
  readonly fetch?: typeof globalThis.fetch;
  /** Where proxy variables are looked up, without `fetch`. Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Resolves the names that servers lead to. */
  readonly lookup?: Lookup;
  /** Waits `ms` milliseconds. Rejects when the signal aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Returns a number from 0 up to 1, for the jitter. */
  readonly random?: () => number;
  /** Unix milliseconds. */
  readonly now?: () => number;
  /** The maximum number of attempts of one call. Default 5. */
  readonly attempts?: number;
  /** How long to wait for the next piece of an answer. Default 30,000 ms. */
  readonly stallMs?: number;
}

type World = Required<Omit<HttpPorts, 'env'>>;

const DEADLINE_MS = 60_000;
const MAX_BYTES = 100 * 1024 * 1024;

/** Creates the real `Http`, which uses fetch, its kept-alive connections and the proxy variables. */
export function createHttp(ports: HttpPorts = {}): Http {
  const world: World = {
    fetch: ports.fetch ?? environmentFetch(ports.env ?? process.env),
    lookup: ports.lookup ?? systemLookup,
    sleep: ports.sleep ?? sleep,
    random: ports.random ?? Math.random,
    // Never jumps, unlike Date.now; a deadline must not.
    now: ports.now ?? ((): number => performance.timeOrigin + performance.now()),
    attempts: ports.attempts ?? 5,
    stallMs: ports.stallMs ?? 30_000,
  };
  return { request: (request) => send(request, world) };
}

async function send(request: HttpRequest, world: World): Promise<HttpResponse> {
  request.signal?.throwIfAborted();
  const hop = firstHop(request);
  const ms = request.deadlineMs ?? DEADLINE_MS;
  using deadline = new Deadline(ms, request.signal, world.now);
  try {
    const from = request.from === undefined ? null : URL.parse(request.from);
    if (from !== null) await checkHop(hop, from, world.lookup, deadline.signal);
    return await persist(request, hop, world, deadline);
  } catch (error) {
    request.signal?.throwIfAborted();
    if (!deadline.signal.aborted) throw error;
    throw new HttpError('timeout', describeRequest(hop), `no answer within ${ms} ms`);
  }
}

/**
 * Tries until an answer is final, the attempts are used up, or the next wait would pass the
 * deadline.
 */
async function persist(
  request: HttpRequest,
  hop: Hop,
  world: World,
  deadline: Deadline,
): Promise<HttpResponse> {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const most =
    (request.retry ?? (reads ? 'idempotent' : 'never')) === 'idempotent' ? world.attempts : 1;
  const limits = { maxBytes: request.maxBytes ?? MAX_BYTES, stallMs: world.stallMs };
  let received = false;
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(hop, world, { ...limits, attempt }, deadline).catch(
      httpError,
    );
    const wait = isPassing(outcome)
      ? waitMs(attempt, world.random(), askedWait(outcome, world.now()))
      : Infinity;
    if (attempt >= most || wait >= deadline.left) return settle(outcome, received);
    received ||= !(outcome instanceof HttpError && outcome.kind === 'refused');
    await world.sleep(wait, deadline.signal);
  }
}

function httpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  throw error;
}

function isPassing(outcome: HttpResponse | HttpError): boolean {
  return outcome instanceof HttpError
    ? classifyError(outcome.kind).again
    : isTemporary(outcome.status);
}

function askedWait(outcome: HttpResponse | HttpError, now: number): number | undefined {
  return outcome instanceof HttpError
    ? undefined
    : retryAfterMs(outcome.headers.get('retry-after'), now);
}

function settle(outcome: HttpResponse | HttpError, received: boolean): HttpResponse {
  if (!(outcome instanceof HttpError)) return outcome;
  // `refused` promises that nobody received anything, so every attempt must have been refused.
  throw received && outcome.kind === 'refused' ? outcome.as('network') : outcome;
}
