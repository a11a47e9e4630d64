import type { Problem } from './problem.ts';

/** The name of the release's record, where it is attached. */
export const RECORD_FILE = 'release-record.json';

/** A file about the whole release: the release record, checksums. */
export interface AttachedFile {
  /** Without folders: `release-record.json`. */
  readonly name: string;
  readonly content: Uint8Array;
  /** `application/json`. */
  readonly mediaType: string;
}

/** What became of an attached file. */
export interface Attachment {
  readonly name: string;
  /**
   * - `attached`: it is there now.
   * - `already-there`: it was there, with these bytes.
   * - `kept`: a file of this name is published already, with other bytes. It stays: the first run's
   *   file is the one that people have.
   * - `blocked`: it is not there, and `problem` says why.
   */
  readonly outcome: 'attached' | 'already-there' | 'kept' | 'blocked';
  /** `sha256:<hex>` of what is there, where the registry says it. */
  readonly digest?: string;
  /** Present when `blocked`. */
  readonly problem?: Problem;
}
