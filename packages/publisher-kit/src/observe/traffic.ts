import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';

/** One request that was answered or failed. Each attempt and each redirect is a request of its own. */
export interface ObservedRequest {
  readonly method: string;
  /** From `shownAddress`, without the credential of the request. */
  readonly url: string;
  /** The HTTP status; absent if there was no usable answer. */
  readonly status?: number;
  /** Why there was none: a kind of `HttpError`, `aborted`, or a code of the system. */
  readonly failure?: string;
  /** Milliseconds until the answer was read. */
  readonly ms: number;
  /** 1 for the first attempt of a call. */
  readonly attempt: number;
}

/** One program that ended. */
export interface ObservedProgram {
  /** Redacted; addresses as in `shownAddress`. The first is the program. */
  readonly argv: readonly string[];
  readonly exitCode?: number;
  /** As in `ProcessResult.failure`, or `aborted`. */
  readonly failure?: string;
  readonly ms: number;
}

export interface TrafficListener {
  request(observed: ObservedRequest): void;
  program(observed: ObservedProgram): void;
}

/** Channels by name, so that every copy of this package in the process uses the same ones. */
const REQUESTS = channel('ameide.publisher-kit.request');
const PROGRAMS = channel('ameide.publisher-kit.program');

/**
 * Calls the listener for every request and program of this process that goes through the kit, until the
 * returned function is called. The listener runs in the asynchronous context of the call, so an
 * `AsyncLocalStorage` can say which call it was. It must not throw: Node would report that as uncaught.
 */
export function observeTraffic(listener: TrafficListener): () => void {
  const request = (message: unknown): void => listener.request(message as ObservedRequest);
  const program = (message: unknown): void => listener.program(message as ObservedProgram);
  subscribe(REQUESTS.name, request);
  subscribe(PROGRAMS.name, program);
  return () => {
    unsubscribe(REQUESTS.name, request);
    unsubscribe(PROGRAMS.name, program);
  };
}

/** Reports to the listeners a request that a publisher sent with another client. */
export function reportRequest(observed: ObservedRequest): void {
  REQUESTS.publish(observed);
}

export function reportProgram(observed: ObservedProgram): void {
  PROGRAMS.publish(observed);
}

/** True if there is a listener; otherwise the caller need not make the redacted arguments. */
export function isProgramObserved(): boolean {
  return PROGRAMS.hasSubscribers;
}

export function isRequestObserved(): boolean {
  return REQUESTS.hasSubscribers;
}
