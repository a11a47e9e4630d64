import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';

/** One request that was answered or failed: of each attempt and of each redirect its own. */
export interface ObservedRequest {
  readonly method: string;
  /** From `shownAddress`, without the credential of the request. */
  readonly url: string;
  /** Absent if there was no usable answer. */
  readonly status?: number;
  /** Why there was none: a kind of `HttpError`, `aborted`, or a code of the system. */
  readonly failure?: string;
  /** Until the answer was read. */
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

/** By name, so that they are the same for every copy of this package in the process. */
const REQUESTS = channel('ameide.publisher-kit.request');
const PROGRAMS = channel('ameide.publisher-kit.program');

/**
 * From now on, tells the listener of every request and program of this process that goes through the
 * kit, in the asynchronous context of the call: an `AsyncLocalStorage` says whose it is. The
 * returned function ends that. A listener must not throw: Node would report that as uncaught.
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

/** Tells listeners of a request that a publisher sends with another client. */
export function reportRequest(observed: ObservedRequest): void {
  REQUESTS.publish(observed);
}

export function reportProgram(observed: ObservedProgram): void {
  PROGRAMS.publish(observed);
}

/** True if anybody listens: else nobody has to make the text. */
export function isProgramObserved(): boolean {
  return PROGRAMS.hasSubscribers;
}

export function isRequestObserved(): boolean {
  return REQUESTS.hasSubscribers;
}
