/** A file in an archive. */
export interface Member {
  readonly path: string;
  /** Bytes, as the archive tells it. */
  readonly size: number;
  /** Unpacks it. Only until the next member is asked for. Throws `ArchiveError`. */
  readonly content: () => Uint8Array | Promise<Uint8Array>;
}

/** The file is no readable wheel or sdist; the message says why. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}
