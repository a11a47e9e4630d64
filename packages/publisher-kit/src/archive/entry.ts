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

/** One file of a deterministic archive: the same entries give the same bytes on every machine. */
export interface ArchiveEntry {
  /** With `/`, relative, no `..`. */
  readonly path: string;
  readonly content: Uint8Array | FileOnDisk;
  /** Mode 0755 instead of 0644. */
  readonly executable?: boolean;
}

/** A file whose content is still to come. */
export interface StreamedEntry {
  readonly path: string;
  readonly content: ContentStream;
  readonly executable?: boolean;
}

export type ArchiveLink =
  | {
      readonly path: string;
      /** What the link says, as it is: `libx.so.1`, `../lib/x`. */
      readonly symlink: string;
    }
  | {
      readonly path: string;
      /** The path of a file of the archive; it has to sort before the link's. */
      readonly hardLink: string;
    };

/** A folder that is to be there even if it is empty. */
export interface ArchiveFolder {
  /** Without `/` at its end. */
  readonly path: string;
  readonly folder: true;
}

export type TarEntry = ArchiveEntry | StreamedEntry | ArchiveLink | ArchiveFolder;
