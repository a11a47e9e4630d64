import type { Fault } from './fault.ts';
import type { RecordingProxyOptions } from './index.ts';
import type { RecordedRequest } from './record.ts';

/** What the publisher contract puts in a publisher's way (`@ameide/publisher-kit/contract`). */
type Obstacle =
  | 'too-many-requests'
  | 'not-found'
  | 'unavailable'
  | 'connection-lost'
  | 'answer-lost';

type Hook = (
  request: Pick<RecordedRequest, 'method' | 'path' | 'mutating'>,
) => Obstacle | undefined | Promise<Obstacle | undefined>;

/** The options of a proxy, and the means to decide later what it does to a request. */
export interface Interceptor {
  readonly options: RecordingProxyOptions;
  /** Sets the hook, or removes it. */
  readonly intercept: (hook: Hook | undefined) => void;
}

const FAULTS: Readonly<Record<Obstacle, Fault>> = {
  'too-many-requests': { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
  'not-found': { kind: 'status', status: 404 },
  unavailable: { kind: 'status', status: 503 },
  'connection-lost': { kind: 'reset' },
  'answer-lost': { kind: 'reset', forward: true },
};

export function createInterceptor(): Interceptor {
  let hook: Hook | undefined;
  return {
    options: {
      async fault(request) {
        const obstacle = await hook?.(request);
        return obstacle === undefined ? undefined : FAULTS[obstacle];
      },
    },
    intercept: (next) => void (hook = next),
  };
}
