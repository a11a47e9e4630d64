import { shownAddress } from '../observe/address.ts';
import { isRequestObserved, reportRequest } from '../observe/traffic.ts';
import { HttpError } from './http.ts';
import type { Hop } from './request.ts';

/** Sends one request, and reports to the traffic listeners how it ended. */
export async function observed<T>(
  hop: Hop,
  attempt: number,
  send: (answered: (status: number) => void) => Promise<T>,
): Promise<T> {
  if (!isRequestObserved()) return send(() => undefined);
  const start = performance.now();
  let status: number | undefined;
  const report = (failure?: string): void =>
    reportRequest({
      method: hop.method,
      url: shownAddress(hop.redact(hop.url.href)),
      ...(status === undefined ? {} : { status }),
      ...(failure === undefined ? {} : { failure }),
      ms: Math.round(performance.now() - start),
      attempt,
    });
  try {
    const answer = await send((value) => (status = value));
    report();
    return answer;
  } catch (error) {
    // fetch's own error comes after an abort alone.
    report(error instanceof HttpError ? error.kind : 'aborted');
    throw error;
  }
}
