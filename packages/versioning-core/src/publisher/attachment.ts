import type { Problem } from './problem.ts';

/** The file name with which the release record is attached. */
export const RECORD_FILE = 'release-record.json';

/** A file about the whole release: the release record, checksums. */
export interface AttachedFile {
  /** Without folders: `release-record.json`. */
  readonly name: string;
  readonly content: Uint8Array;
  /** `application/json`. */
  readonly mediaType: string;
}

/** The result of attaching one file. */
export interface Attachment {
  readonly name: string;
  /**
   * - `attached`: this call attached it.
   * - `already-there`: it was attached before, with the same bytes.
   * - `kept`: a file of this name was published before, with other bytes. It is kept, because people
   *   may have downloaded it.
   * - `blocked`: it is not attached, and `problem` says why.
   */
  readonly outcome: 'attached' | 'already-there' | 'kept' | 'blocked';
  /** `sha256:<hex>` of the file on the registry, if known. */
  readonly digest?: string;
  /** Present when `blocked`. */
  readonly problem?: Problem;
}
