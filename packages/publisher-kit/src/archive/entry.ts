/** Content that is read from disk when its turn comes, so that it is never in memory as a whole. */
export interface FileOnDisk {
  /** Absolute path of the file. A symlink is followed. */
  readonly file: string;
}

/** Content that arrives piece by piece. */
export interface ContentStream {
  /** Bytes of all pieces together: tar puts the size before the content. */
  readonly size: number;
  readonly pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

interface Named {
  /** With `/`, relative, no `..`. */
  readonly path: string;
}

/** A regular file whose content is there already. */
export interface ArchiveFile extends Named {
  readonly content: Uint8Array | FileOnDisk;
  /** Mode 0755 instead of 0644. */
  readonly executable?: boolean;
}

/** A regular file whose content is still to come. */
export interface StreamedFile extends Named {
  readonly content: ContentStream;
  readonly executable?: boolean;
}

export interface ArchiveSymlink extends Named {
  /** What the link says, as it is: `libx.so.1`, `../lib/x`. */
  readonly symlink: string;
}

/** A second name for a file of the archive. */
export interface ArchiveHardLink extends Named {
  /** The path of a regular file whose path sorts before this one's. */
  readonly hardLink: string;
}

/** An entry whose content can be looked at before the archive is written. */
export type ArchiveEntry = ArchiveFile | ArchiveSymlink | ArchiveHardLink;
