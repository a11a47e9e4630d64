import { AsyncLocalStorage } from 'node:async_hooks';
import { sleep as realSleep } from '../sleep.ts';
import { RequestWindow } from './request-window.ts';

/** A place among the requests that one server gets at a time. */
export interface Turn {
  /**
   * Reports what the server answered. After a refusal for too many requests (429, or 503 with Retry-After)
   * the server gets fewer at a time, and none for as long as it asks for. `retryAfterMs` is undefined if
   * there is no such header.
   */
  answered(status: number, retryAfterMs?: number): void;
}

export interface TurnOptions {
  /**
   * True for a request that writes. It is sent before reads that wait, so that what was read to decide on
   * the write is recent, however long the queue is.
   */
  readonly isWrite?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Waits `ms` milliseconds. Rejects when the signal aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Unix milliseconds that never jump. */
  readonly now?: () => number;
}

const unixNow = (): number => performance.timeOrigin + performance.now();

/** The longest pause that a server may ask for. If it asks for more, requests are sent, and each is refused. */
const LONGEST_PAUSE_MS = 60_000;

/** By origin, for the whole process: a registry does not distinguish our publishers. */
const servers = new Map<string, Server>();

/**
 * Runs `work`, which sends one request to the server at `origin` (`https://ghcr.io`), when it is its turn: a
 * server gets at most 32 requests at a time from the whole process, fewer after it has refused one. Writes
 * come first; otherwise the order is that of the calls. Make what needs much memory inside `work`. `work`
 * must not wait for another turn of that origin. Rejects with the signal's reason on abort, even in the
 * queue.
 */
export async function inTurn<T>(
  origin: string,
  work: (turn: Turn) => Promise<T>,
  {
    isWrite = false,
    signal = new AbortController().signal,
    sleep = realSleep,
    now = unixNow,
  }: TurnOptions = {},
): Promise<T> {
  const server = servers.get(origin) ?? new Server();
  servers.set(origin, server);
  await server.enter({ isWrite, signal, sleep, now });
  starting.getStore()?.();
  const { epoch } = server.window;
  try {
    return await work({
      answered: (status, retryAfterMs) => server.answered({ epoch, status, retryAfterMs }, now),
    });
  } finally {
    server.leave();
  }
}

const starting = new AsyncLocalStorage<() => void>();

/**
 * Makes a call, and calls `tell` when the first of its requests is sent: what the call finds is at least as
 * recent as that, however long it was in the queue. Does not call it if the call sends no request, because
 * it shares the answer to another one. Calls inside of each other are all told.
 */
export async function whenSent<T>(call: () => Promise<T>, tell: () => void): Promise<T> {
  const outer = starting.getStore();
  let isTold = false;
  return starting.run(() => {
    if (!isTold) tell();
    isTold = true;
    outer?.();
  }, call);
}

type Entering = { readonly [K in keyof TurnOptions]-?: NonNullable<TurnOptions[K]> };

interface Answered {
  /** The window's epoch in which the request was sent. */
  readonly epoch: number;
  readonly status: number;
  readonly retryAfterMs: number | undefined;
}

class Server {
  readonly window = new RequestWindow();
  readonly #writes = new Set<() => void>();
  readonly #reads = new Set<() => void>();
  #running = 0;
  /** Nothing is sent before this time, in Unix milliseconds. */
  #resumesAt = 0;

  async enter({ isWrite, now, signal, sleep }: Entering): Promise<void> {
    for (let slept = 0; ; ) {
      await this.#takePlace(isWrite ? this.#writes : this.#reads, signal);
      const until = this.#resumesAt;
      const ms = until - now();
      if (ms <= 0 || until === slept) return;
      this.leave();
      slept = until;
      await sleep(ms, signal);
    }
  }

  leave(): void {
    this.#running -= 1;
    for (const waiting of [this.#writes, this.#reads])
      for (const next of waiting) {
        if (this.#running >= this.window.size) return;
        waiting.delete(next);
        this.#running += 1;
        next();
      }
  }

  answered({ epoch, retryAfterMs, status }: Answered, now: () => number): void {
    const isRefused = status === 429 || (status === 503 && retryAfterMs !== undefined);
    if (!isRefused) return this.window.accepted(epoch);
    this.window.refused(epoch);
    if (retryAfterMs !== undefined && retryAfterMs <= LONGEST_PAUSE_MS)
      this.#resumesAt = Math.max(this.#resumesAt, now() + retryAfterMs);
  }

  async #takePlace(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running < this.window.size && this.#writes.size + this.#reads.size === 0) {
      this.#running += 1;
      return;
    }
    const { promise, reject, resolve } = Promise.withResolvers<void>();
    const abort = (): void => {
      if (waiting.delete(resolve)) reject(signal.reason);
    };
    waiting.add(resolve);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}
