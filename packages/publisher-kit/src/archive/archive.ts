/** One entry of a deterministic archive: the same entries give the same bytes on every machine. */
export interface ArchiveEntry {
  /** With `/`, relative, no `..`. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable?: boolean;
}
