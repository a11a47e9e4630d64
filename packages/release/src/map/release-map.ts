import type { ChannelKind, Ecosystem } from '@ameide/versioning-core';
import type { InventoryService } from '../inventory/inventory-report.ts';
import type { ProblemReport } from '../report/shown.ts';
import type { Status } from '../report/status.ts';

/**
 * What the registries have, by commit: which version of each artifact was built from it, and which
 * version is current where none was. `map --json` prints it; its JSON Schema is
 * `schemas/map-1.schema.json`.
 */
export interface ReleaseMap {
  readonly schema: 'ameide-release/map/1';
  readonly status: Status;
  readonly exitCode: number;
  /** The source repository's https URL, if known. */
  readonly repository?: string;
  /** The full SHA of the commit whose definition names the artifacts. */
  readonly head: string;
  /** The columns, in the definition's order. */
  readonly artifacts: readonly MapArtifact[];
  /** The newest commit first. Versions whose commit is not known come last. */
  readonly rows: readonly MapRow[];
  /** Which services of the working tree use what, as `inventory --json` has it; absent without `--services`. */
  readonly services?: readonly InventoryService[];
  readonly problems: readonly ProblemReport[];
  /** Notes for people that are no failure, such as how many versions `--limit` leaves out. */
  readonly notes: readonly string[];
}

export interface MapArtifact {
  /** As in every other report: `npm:@ameideio/ameide-sdk-ts`. */
  readonly publisher: string;
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly registry: string;
  /** Its page for people, where the registry is known to have one. */
  readonly url?: string;
  /** How many versions its registry lists; absent if the registry cannot list or did not answer. */
  readonly listed?: number;
  /** True if the registry has versions that it cannot list. */
  readonly isPartial?: true;
  /** What each pointer names now. */
  readonly pointers: readonly MapPointer[];
}

export interface MapPointer {
  /** `latest`, `dev`, `0.1`. */
  readonly pointer: string;
  /** The version that it names; absent if that is not known. */
  readonly version?: string;
  /** The full source SHA of that version. */
  readonly sha?: string;
}

/** One commit and everything that was built from it. */
export interface MapRow {
  /** The full source SHA that its versions name; absent in rows of versions without a known commit. */
  readonly sha?: string;
  /** When it was committed, ISO 8601, UTC; absent if this clone does not have the commit. */
  readonly datetime?: string;
  /** The first line of its message. */
  readonly subject?: string;
  /** Its page at the source repository. */
  readonly url?: string;
  /** `release` if any of its versions is one of this repository, else `candidate`, else `dev`. */
  readonly channel: ChannelKind;
  /** The version tags on it in the source repository: `v0.1.0`. */
  readonly tags: readonly string[];
  /** One for each of `artifacts`, in the same order. */
  readonly cells: readonly MapCell[];
}

/** One artifact at one commit. */
export interface MapCell {
  /** As in `MapArtifact`. */
  readonly publisher: string;
  /** What was built from the commit; several where a branch and a tag built it, or several tags name it. */
  readonly versions: readonly MapVersion[];
  /**
   * In the row of a release that has no version of this artifact: the version that is current beside
   * it, which is the artifact's highest release that is not above this one.
   */
  readonly current?: string;
}

export interface MapVersion {
  /** The text from `formatCoordinate`. */
  readonly coordinate: string;
  readonly version: string;
  /** The version that clients resolve it to, if it differs. */
  readonly resolved?: string;
  /**
   * `partial`: some of its files are missing. `unknown`: the registry lists it, but gave no details.
   */
  readonly state: 'published' | 'partial' | 'unknown';
  readonly digest?: string;
  /** The pointers that name it now. */
  readonly pointers: readonly string[];
  /** The deprecation message that the registry shows to everybody who installs it. */
  readonly deprecated?: string;
  /** Its page for people. */
  readonly url?: string;
}
