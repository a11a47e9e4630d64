import type { PeerName } from '../peers.ts';
import type { Place, Side } from '../scenario.ts';

/** One command, at one size. */
export interface Line extends Side {
  /** `publish`, `plan`: the same at every size of a figure. */
  readonly name: string;
}

/** What one command costs while something grows. */
export interface Figure {
  /** For `--only`, for the markers of its section on the page, and for the file of its picture. */
  readonly name: string;
  readonly title: string;
  /** What a reader must know about it. */
  readonly note?: string;
  /** What grows, in the plural: `npm packages`. */
  readonly of: string;
  /** In ascending order. */
  readonly sizes: readonly number[];
  /**
   * `each`: every artifact is work, and the cost of one should stay the same. `total`: the work is the same
   * at every size, and so should be its whole cost.
   */
  readonly cost: 'each' | 'total';
  /** The size whose time the others are divided by. Default: the smallest. */
  readonly timeOf?: number;
  readonly needs?: readonly PeerName[];
  /** Makes `size` of what grows, and resolves to the commands to measure, in their order. */
  readonly prepare: (place: Place, size: number) => Promise<readonly Line[]>;
}

/** What one command used at one size: the medians of several rounds. */
export interface Point {
  readonly line: string;
  readonly size: number;
  /** The requests of one run, to all registries. */
  readonly requests: number;
  /** The size of all registries' answers to one run. */
  readonly answerBytes: number;
  /** The peak memory of the largest process. */
  readonly peakMiB: number;
  readonly ms: number;
  /** CPU time of our programs, without the registries. */
  readonly cpuMs: number;
}
