/** A member of an archive. */
export interface Member {
  /** As the archive has it: a folder's ends with `/`, and tar may begin it with `./`. */
  readonly path: string;
  /** `other`: a device or the like. */
  readonly type: 'file' | 'folder' | 'symlink' | 'hard-link' | 'other';
  /** The number of bytes that the archive claims. */
  readonly size: number;
  /** True if its owner may execute it. */
  readonly executable: boolean;
  /** Where a link leads, as written; of a symlink in a zip archive, the content says it. */
  readonly link?: string;
  /** Unpacks the member; works once, until the next member is requested. Throws `ArchiveError`. */
  readonly pieces: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** The same, as a whole. */
  readonly content: () => Uint8Array | Promise<Uint8Array>;
}

/** The file is not a readable archive of its kind; the message says why. */
export class ArchiveError extends Error {
  override readonly name: string = 'ArchiveError';
}

/** The archive exceeds a limit; as far as it was read, nothing is wrong with it. */
export class ArchiveTooLargeError extends ArchiveError {
  override readonly name = 'ArchiveTooLargeError';
}
