import type { RecordingProxyOptions } from './index.ts';

/** Options for one or more recording proxies, see `holdAnswers`. */
export type AnswersHeld = Required<Pick<RecordingProxyOptions, 'onRequest' | 'onAnswer'>>;

/**
 * A proxy with these options gives no answer while requests still arrive: it waits until none has
 * arrived for `quietMs` milliseconds, and then gives all answers at once. So requests that do not
 * depend on each other overlap, however fast the server is, and `serialRoundTrips` counts only
 * requests that wait for one another. To count across several proxies, give them the same object.
 */
export function holdAnswers(quietMs = 40): AnswersHeld {
  let waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  const release = (): void => {
    const released = waiting;
    waiting = [];
    for (const resolve of released) resolve();
  };
  const restart = (): void => {
    clearTimeout(timer);
    timer = setTimeout(release, quietMs);
  };
  return {
    onRequest: restart,
    onAnswer: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        restart();
      }),
  };
}
