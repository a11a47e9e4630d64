/** A file in an archive. */
export interface Member {
  readonly path: string;
  /** The number of bytes that the archive claims. */
  readonly size: number;
  /** Unpacks the member; works only until the next member is requested. Throws `ArchiveError`. */
  readonly content: () => Uint8Array | Promise<Uint8Array>;
}

/** The file is not a readable wheel or sdist; the message says why. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}
