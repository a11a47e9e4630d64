import type { RecordedRequest } from './record.ts';

/**
 * What the proxy does to a request instead of passing it on:
 * - `status`: the client gets this answer. With `forward` the target has handled the request
 *   before: "committed, then 503".
 * - `reset`: the connection is reset. With `forward` the target has handled the request before:
 *   "committed, then the answer dropped".
 * - `truncate`: the target's answer, with only the first half of its body; then the connection is
 *   reset.
 * - `hang`: no answer, until the client goes away or the proxy stops.
 */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly forward?: boolean;
    }
  | { readonly kind: 'reset'; readonly forward?: boolean }
  | { readonly kind: 'truncate' }
  | { readonly kind: 'hang' };

/** The properties by which a test chooses a fault. */
export interface FaultSubject extends Pick<RecordedRequest, 'method' | 'path' | 'mutating'> {
  /**
   * How often this method and path have been requested since the start or the last `clear()`; 1 for
   * the first time.
   */
  readonly count: number;
  /** The number of this request among the mutating ones, 1…K; 0 for a request that only reads. */
  readonly step: number;
}
