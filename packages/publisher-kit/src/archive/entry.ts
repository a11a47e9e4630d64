/** Content that is read from disk only when it is packed, so that it never fills memory. */
export interface FileOnDisk {
  /** Absolute path of the file. A symlink is followed. */
  readonly file: string;
}

/** Content that arrives piece by piece. */
export interface ContentStream {
  /** Total bytes of all pieces: tar writes the size before the content. */
  readonly size: number;
  readonly pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** A file of a deterministic archive: the same entries give the same bytes on every machine. */
export interface ArchiveEntry {
  /** With `/`, relative, no `..`. */
  readonly path: string;
  readonly content: Uint8Array | FileOnDisk;
  /** Mode 0755 instead of 0644. */
  readonly executable?: boolean;
}

/** A file whose content arrives later. */
export interface StreamedEntry {
  readonly path: string;
  readonly content: ContentStream;
  readonly executable?: boolean;
}

export type ArchiveLink =
  | {
      readonly path: string;
      /** The link's target as written: `libx.so.1`, `../lib/x`. */
      readonly symlink: string;
    }
  | {
      readonly path: string;
      /** The path of a file in the archive. It must sort before the link's own path. */
      readonly hardLink: string;
    };

/** A folder that the archive contains even if it is empty. */
export interface ArchiveFolder {
  /** Without a trailing `/`. */
  readonly path: string;
  readonly folder: true;
}

export type TarEntry = ArchiveEntry | StreamedEntry | ArchiveLink | ArchiveFolder;
