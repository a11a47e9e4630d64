import type { BaseVersion, ChannelKind, Ecosystem } from '@ameide/versioning-core';

/**
 * The release record: what one commit published, so that a reader need not ask every registry later.
 * Every run of the same commit makes the same record. Its JSON Schema is
 * `schemas/record-1.schema.json`.
 */
export interface ReleaseRecord {
  readonly schema: 'ameide-release/record/1';
  readonly release: RecordedRelease;
  /** The source repository's https URL, if known. */
  readonly repository?: string;
  /** What the registries have of this commit, read back. */
  readonly artifacts: readonly RecordedArtifact[];
  /** The pointers that the release moves, unless they name something newer already. */
  readonly pointers: readonly RecordedPointer[];
  /** The artifacts of the definition that were not published from this commit. */
  readonly current: readonly CurrentArtifact[];
}

export interface RecordedRelease {
  readonly channel: ChannelKind;
  /** The tag that makes it a release or a candidate: `v0.1.0`. */
  readonly tag?: string;
  readonly base: BaseVersion;
  /** The version that a dev build leads to; for a release or a candidate, the base. */
  readonly target: BaseVersion;
  readonly sha: string;
  /** The committer time, `YYYYMMDDHHMMSS`, UTC. */
  readonly datetime: string;
}

interface RecordedName {
  /** As in every other report: `npm:@ameideio/ameide-sdk-ts`. */
  readonly publisher: string;
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly registry: string;
}

export interface RecordedArtifact extends RecordedName {
  /** The text from `formatCoordinate`. */
  readonly coordinate: string;
  readonly version: string;
  /** The version that clients resolve it to, if it differs. */
  readonly resolved?: string;
  readonly digest?: string;
  /** Its files, if it has several. */
  readonly files?: readonly { readonly name: string; readonly digest?: string }[];
  /** Its page for people, where the registry is known to have one. */
  readonly url?: string;
}

export interface RecordedPointer {
  readonly publisher: string;
  /** `latest`, `dev`, `0.1`. */
  readonly pointer: string;
  readonly version: string;
}

/** An artifact that was not published from this commit, with the version that is current beside it. */
export interface CurrentArtifact extends RecordedName {
  /**
   * Beside a release: the highest release that is not above it. Beside another build: the version
   * that its first pointer names, or the newest version. Absent if there is none.
   */
  readonly version?: string;
}
