import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type Handler, listen, type Running } from '../running.ts';
import { openStateFolder } from '../state-folder.ts';
import type { Fault, FaultSubject } from './fault.ts';
import { drain, forward, forwardHalf, relay, relayHalf, relaySlowly } from './forward.ts';
import { isMutating, type RecordedRequest } from './record.ts';

export interface RecordingProxyOptions {
  /** The folder of the log. Default: temporary. */
  readonly directory?: string;
  /**
   * Called and awaited when a request has arrived, before the proxy does anything: a test can stop
   * two runs at one point here.
   */
  readonly onRequest?: (request: RecordedRequest) => void | Promise<void>;
  /**
   * Called and awaited when the target has answered (`targetStatus` says how), before the client
   * gets that answer or a fault's: a test can end the client here.
   */
  readonly onAnswer?: (request: RecordedRequest) => void | Promise<void>;
  /**
   * Chooses a fault for a request, at once or later; `undefined` passes the request on. If it
   * throws, the proxy answers 500.
   */
  readonly fault?: (request: FaultSubject) => Fault | undefined | Promise<Fault | undefined>;
  /** Returns how many milliseconds each request waits before it is forwarded, as if the target were far away. Default: none. */
  readonly delayMs?: () => number;
  /** For tests: waits that many milliseconds, or until the signal aborts. Default: a timer. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface RunningRecordingProxy extends Running {
  /** Every request since the start or the last `clear()`, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /**
   * The requests that may have changed the target: PUT, PATCH, DELETE, and POST except reads and
   * token exchange.
   */
  mutating(): readonly RecordedRequest[];
  /** Forgets the requests and the counts for choosing faults. */
  clear(): void;
  /**
   * Resolves when the target has answered all that it was sent, also what a client has not waited
   * for: a client that has stopped leaves a server that still writes.
   */
  idle(): Promise<void>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Entry = Mutable<RecordedRequest>;

/** How many requests have begun or ended so far, in every proxy of this process. */
let moments = 0;

interface Exchange {
  readonly target: URL;
  readonly entry: Entry;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborts when the client has gone, or the proxy stops. */
  readonly signal: AbortSignal;
  /** Aborts when the client has gone before the request was whole, or the proxy stops. */
  readonly cut: AbortSignal;
  readonly onAnswer: RecordingProxyOptions['onAnswer'];
}

/**
 * Starts a proxy in front of the server at `targetUrl` (an `http:` origin). It records each
 * request, never a credential, and spoils the answers that `fault` picks. It streams bodies and
 * passes requests on unchanged, including `Host`: a target that builds URLs from `Host` (verdaccio,
 * every server of this package, docker-registry) then names the proxy in them.
 */
export async function startRecordingProxy(
  targetUrl: string,
  options: RecordingProxyOptions = {},
): Promise<RunningRecordingProxy> {
  const target = new URL(targetUrl);
  if (target.protocol !== 'http:' || target.pathname !== '/')
    throw new TypeError(`not an http origin: ${targetUrl}`);
  const { sleep = (ms, signal) => wait(ms, undefined, { signal }) } = options;
  const requests: Entry[] = [];
  const seen = new Map<string, number>();
  const open = new Set<Promise<void>>();
  const state = await openStateFolder('recording-proxy', options.directory);
  const exchangeOne = async (
    ...[request, response, stopping]: Parameters<Handler>
  ): Promise<void> => {
    const entry = entryOf(request);
    requests.push(entry);
    const subject = subjectOf(entry, requests, seen);
    await options.onRequest?.(entry);
    const delay = options.delayMs?.() ?? 0;
    if (delay > 0) await sleep(delay, stopping);
    const fault = await options.fault?.(subject);
    if (fault !== undefined) state.log(`${entry.method} ${entry.path}: fault ${fault.kind}`);
    const [left, cut] = [new AbortController(), new AbortController()];
    response.once('close', () => {
      left.abort();
      if (!request.complete) cut.abort();
    });
    const exchange = {
      target,
      entry,
      request,
      response,
      signal: AbortSignal.any([stopping, left.signal]),
      cut: AbortSignal.any([stopping, cut.signal]),
      onAnswer: options.onAnswer,
    };
    try {
      await (fault === undefined ? pass(exchange) : spoil(exchange, fault));
    } finally {
      end(entry);
    }
  };
  const server = await listen(state, async (...arrived) => {
    const work = exchangeOne(...arrived);
    open.add(work);
    await work.finally(() => open.delete(work));
  });
  return Object.assign(server, {
    requests,
    mutating: () => requests.filter((request) => request.mutating),
    clear: () => {
      requests.length = 0;
      seen.clear();
    },
    async idle() {
      while (open.size > 0) await Promise.allSettled(open);
    },
  });
}

function entryOf(request: IncomingMessage): Entry {
  const { method = '', url = '' } = request;
  const mutating = isMutating(method, url, request.headers['content-length']);
  const { accept, authorization } = request.headers;
  return {
    method,
    path: url,
    accept,
    status: 0,
    targetStatus: 0,
    mutating,
    bodyBytes: 0,
    answerBytes: 0,
    authorization: authorization !== undefined,
    began: moments++,
    ended: undefined,
  };
}

/** The first call counts: the client may have the whole answer before the proxy is done with it. */
function end(entry: Entry): void {
  entry.ended ??= moments++;
}

function subjectOf(
  { method, path, mutating, accept }: Entry,
  requests: readonly Entry[],
  seen: Map<string, number>,
): FaultSubject {
  const key = `${method} ${path}`;
  const count = (seen.get(key) ?? 0) + 1;
  seen.set(key, count);
  return {
    method,
    path,
    mutating,
    accept,
    count,
    step: mutating ? requests.filter((entry) => entry.mutating).length : 0,
  };
}

async function pass(exchange: Exchange): Promise<void> {
  const { entry, response, signal } = exchange;
  try {
    const answer = await ask(exchange);
    entry.status = entry.targetStatus;
    await relay(answer, response);
  } catch (error) {
    // The client went away or the proxy is stopping, so nobody waits for an answer.
    if (signal.aborted) return;
    if (response.headersSent) return void response.destroy();
    entry.status = 502;
    response.writeHead(502, { connection: 'close', 'content-type': 'text/plain' });
    response.end(
      `the target of the recording proxy failed: ${error instanceof Error ? error.message : String(error)}\n`,
    );
  }
}

async function spoil(exchange: Exchange, fault: Fault): Promise<void> {
  const { entry, request, response, signal } = exchange;
  if (fault.kind === 'hang') {
    await drain(request, (count) => (entry.bodyBytes += count)).catch(() => undefined);
    return gone(signal);
  }
  if (fault.kind === 'cut') {
    await forwardHalf(exchange.target, request, (count) => (entry.bodyBytes += count));
    return reset(request);
  }
  if (fault.kind === 'truncate' || fault.kind === 'trickle') {
    const answer = await ask(exchange);
    entry.status = entry.targetStatus;
    if (fault.kind === 'trickle') return relaySlowly(answer, response, { ...fault, signal });
    await relayHalf(answer, response);
    return reset(request);
  }
  if (fault.forward === true) await drain(await ask(exchange));
  if (fault.kind === 'reset') return reset(request);
  if (fault.forward !== true) await drain(request, (count) => (entry.bodyBytes += count));
  entry.status = fault.status;
  end(entry);
  response.writeHead(fault.status, fault.headers).end(fault.body);
}

async function ask(exchange: Exchange): Promise<IncomingMessage> {
  const { target, entry, request, cut } = exchange;
  const answer = await forward(target, request, (count) => (entry.bodyBytes += count), cut);
  entry.targetStatus = answer.statusCode ?? 0;
  await exchange.onAnswer?.(entry);
  const { socket } = answer;
  answer.once('end', () => {
    // Each request has a connection of its own.
    entry.answerBytes = socket.bytesRead;
    end(entry);
  });
  return answer;
}

function reset(request: IncomingMessage): void {
  request.socket.resetAndDestroy();
}

async function gone(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}
