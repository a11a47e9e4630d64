// For tests: how many requests a command may make. Apart from the rest because it needs vitest.
import { expect } from 'vitest';
import type { RunningRecordingProxy } from './recording-proxy/index.ts';
import type { RecordedRequest } from './recording-proxy/record.ts';
import { countByKind, serialRoundTrips } from './recording-proxy/round-trips.ts';

/** How many requests, and how many of them may have to wait for one another. */
export type MostRoundTrips = readonly [requests: number, serial: number];

/** Expects that something was asked, and no more than this. `command` is for the messages. */
export function expectRoundTrips(
  command: string,
  records: readonly RecordedRequest[],
  [requests, serial]: MostRoundTrips,
): void {
  const about = `${command}: ${JSON.stringify(countByKind(records))}`;
  expect.soft(records.length, about).toBeLessThanOrEqual(requests);
  expect
    .soft(serialRoundTrips(records), `${about}, one after the other`)
    .toBeLessThanOrEqual(serial);
  expect.soft(records.length, `${about}: nothing was recorded`).toBeGreaterThan(0);
}

/** Does the work, and expects that it asked no more than this. Forgets what was recorded before. */
export async function withinRoundTrips<T>(
  command: string,
  proxy: Pick<RunningRecordingProxy, 'clear' | 'requests'>,
  most: MostRoundTrips,
  work: () => Promise<T>,
): Promise<T> {
  proxy.clear();
  const result = await work();
  expectRoundTrips(command, proxy.requests, most);
  return result;
}
