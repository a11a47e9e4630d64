import type { RecordedRequest } from './record.ts';

/**
 * What the proxy does to a request instead of passing it on:
 * - `status`: the client gets this answer. With `forward` the target has handled the request
 *   before: "committed, then 503".
 * - `cut`: the target gets the first half of the request's body; then both connections are reset.
 * - `reset`: the connection is reset. With `forward` the target has handled the request before:
 *   "committed, then the answer dropped".
 * - `truncate`: the target's answer, with only the first half of its body; then the connection is
 *   reset.
 * - `trickle`: the target's answer, one byte of the body every `everyMs` milliseconds.
 * - `hang`: no answer, until the client goes away or the proxy stops.
 */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
      readonly forward?: boolean;
    }
  | { readonly kind: 'reset'; readonly forward?: boolean }
  | { readonly kind: 'cut' }
  | { readonly kind: 'truncate' }
  | { readonly kind: 'trickle'; readonly everyMs: number }
  | { readonly kind: 'hang' };

/** The properties by which a test chooses a fault. */
export interface FaultSubject
  extends Pick<RecordedRequest, 'method' | 'path' | 'mutating' | 'accept'> {
  /**
   * How often this method and path have been requested since the start or the last `clear()`; 1 for
   * the first time.
   */
  readonly count: number;
  /** The number of this request among the mutating ones, 1…K; 0 for a request that only reads. */
  readonly step: number;
}
