import type { Meter } from './meter.ts';
import type { PeerName } from './peers.ts';
import type { RegistrySet } from './registries.ts';
import type { RegistryName } from './servers.ts';

/** Where one side of a scenario works. It shares nothing of this with the other sides. */
export interface Place {
  /** An empty folder. The installed packages are found from here. */
  readonly folder: string;
  /** Empty at the start of the scenario. */
  readonly registries: RegistrySet;
  /** The installed command, `ameide-release`. */
  readonly command: string;
  /** Runs programs that are not measured. */
  readonly run: Meter['run'];
}

/** One side of a scenario, ready to run. Round 0 warms up and is not measured. */
export interface Side {
  /** Makes the work of this round: a commit, a tag, files. Not measured. */
  readonly before?: (round: number) => Promise<void>;
  readonly run: (meter: Meter, round: number) => Promise<void>;
  /** Throws if the work was not done, because a tool that fails is not fast. Not measured. */
  readonly check?: (round: number) => Promise<void>;
}

/** How to prepare a side, and the tools that it needs. */
export interface Ours {
  readonly needs?: readonly PeerName[];
  readonly prepare: (place: Place) => Promise<Side>;
}

export interface Peer extends Ours {
  readonly name: string;
  /** For each delay of a request, in ms: the largest ratio ours / theirs that is good enough. */
  readonly goals?: Readonly<Record<number, number>>;
}

export interface Scenario {
  /** For `--only`, and for the markers of its section on the page. */
  readonly name: string;
  readonly work: string;
  /** What a reader must know about the sides. */
  readonly note?: string;
  /** How long each HTTP request is delayed, in ms. `[0]` if the sides make none. */
  readonly delays: readonly number[];
  readonly ours: Ours;
  readonly peers: readonly Peer[];
  /** What stands in the way of a goal, for a scenario that does not meet one. */
  readonly obstacle?: string;
  /** True if our side moves pointers that other runs may move, too, and so watches them for a while. */
  readonly watches?: boolean;
  /** The most requests that one run of our side may make, for each registry. */
  readonly requestGoals?: Readonly<Partial<Record<RegistryName, number>>>;
  /** The most memory that our side may use. */
  readonly peakGoalMiB?: number;
  /** Measures fewer pairs than asked for, because a peer takes minutes. */
  readonly mostPairs?: number;
}
