/** Where a piece of a text is: from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A value of a JSON or TOML text, and the pair that it is the value of: that begins with its key. */
export interface LocatedValue {
  readonly value: Span;
  /** Absent for an element of an array. */
  readonly pair?: Span;
}
