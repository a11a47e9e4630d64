import type { Meter } from './meter.ts';
import type { PeerName } from './peers.ts';
import type { RegistrySet } from './registries.ts';
import type { RegistryName } from './servers.ts';

/** Where one side of a scenario works: everything here is its own. */
export interface Place {
  /** An empty folder. The installed packages are found from here. */
  readonly folder: string;
  /** Empty at the start of the scenario. */
  readonly registries: RegistrySet;
  /** The installed command, `ameide-release`. */
  readonly command: string;
  /** Runs what is not measured. */
  readonly run: Meter['run'];
}

/** A side that is prepared. `round` counts from 0, which warms up and is not measured. */
export interface Side {
  /** Makes the work of this round: a commit, a tag, files. Not measured. */
  readonly before?: (round: number) => Promise<void>;
  readonly run: (meter: Meter, round: number) => Promise<void>;
  /** Throws when the work is not done: a tool that fails is not fast. Not measured. */
  readonly check?: (round: number) => Promise<void>;
}

export interface Ours {
  readonly needs?: readonly PeerName[];
  readonly prepare: (place: Place) => Promise<Side>;
}

export interface Peer extends Ours {
  readonly name: string;
  /** By the delay of a request in ms: the largest ratio ours / theirs that is good enough. */
  readonly goals?: Readonly<Record<number, number>>;
}

export interface Scenario {
  /** For `--only`, and the marker of its section. */
  readonly name: string;
  readonly work: string;
  /** What a reader must know of the two sides. */
  readonly note?: string;
  /** In ms: how long each HTTP request waits. `[0]` where none is made. */
  readonly delays: readonly number[];
  readonly ours: Ours;
  readonly peers: readonly Peer[];
  /** True if ours moves pointers that other runs move, too, and so watches them for a while. */
  readonly watches?: boolean;
  /** The most requests of one run of ours. */
  readonly requestGoals?: Readonly<Partial<Record<RegistryName, number>>>;
  /** The most memory of ours. */
  readonly peakGoalMiB?: number;
  /** Where a peer takes minutes: fewer pairs than asked for. */
  readonly mostPairs?: number;
}
