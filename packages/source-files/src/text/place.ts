/** Where a piece of a file's text is. */
export interface Place {
  /** Relative to the repository's root, with `/`. */
  readonly path: string;
  /** Counted from 1, as are columns; columns count UTF-16 code units, as JavaScript's strings do. */
  readonly line: number;
  readonly column: number;
  /** Offsets in the text, which has no BOM: from `start` up to `end`. */
  readonly start: number;
  readonly end: number;
}

/** Returns the place of the characters from `start` up to `end` of a file's text. */
export function placeAt(path: string, text: string, start: number, end: number): Place {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const line = text.slice(0, lineStart).split('\n').length;
  return { path, line, column: start - lineStart + 1, start, end };
}
