import type { PeerName } from '../peers.ts';
import type { Place, Side } from '../scenario.ts';

/** One command, at one size. */
export interface Line extends Side {
  /** `publish`, `plan`: the same at every size of a figure. */
  readonly name: string;
}

/** What one command costs while something grows. */
export interface Figure {
  /** For `--only`, the marker of its section, and the file of its picture. */
  readonly name: string;
  readonly title: string;
  /** What a reader must know of it. */
  readonly note?: string;
  /** What grows, in the plural: `npm packages`. */
  readonly of: string;
  /** In ascending order. */
  readonly sizes: readonly number[];
  /**
   * `each`: every artifact is work, and the cost of one is to stay what it is. `total`: the work is the
   * same, and so is all that it costs.
   */
  readonly cost: 'each' | 'total';
  /** The size whose time the others are divided by. Default: the smallest. */
  readonly timeOf?: number;
  readonly needs?: readonly PeerName[];
  /** Makes what there are `size` of, and resolves to the commands that are measured, in this order. */
  readonly prepare: (place: Place, size: number) => Promise<readonly Line[]>;
}

/** What one command took at one size: the medians of some rounds. */
export interface Point {
  readonly line: string;
  readonly size: number;
  /** Of one run, to all registries. */
  readonly requests: number;
  /** What the registries answered to one run. */
  readonly answerBytes: number;
  /** Of the largest process. */
  readonly peakMiB: number;
  readonly ms: number;
  /** Processor time of our programs, without the registries. */
  readonly cpuMs: number;
}
