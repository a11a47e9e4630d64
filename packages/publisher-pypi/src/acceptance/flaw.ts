/** Something in a distribution that an index refuses. */
export interface Flaw {
  /** The core metadata field, or the part of the archive: `classifier`, `RECORD`. */
  readonly field: string;
  /** A clause that continues a sentence about the file: `its classifier "X" is unknown`. */
  readonly reason: string;
  /**
   * True if installers cannot use the file either, so no index should have it. False if only
   * pypi.org and test.pypi.org refuse it.
   */
  readonly everywhere: boolean;
  /** The build backend, if it refuses the project before an index or an installer could. */
  readonly backend?: 'hatchling';
}

/** A flaw that pypi.org and test.pypi.org refuse. */
export function pypiFlaw(field: string, reason: string): Flaw {
  return { field, reason, everywhere: false };
}

/** A flaw that installers refuse, too. */
export function installerFlaw(field: string, reason: string): Flaw {
  return { field, reason, everywhere: true };
}

/** Shows a value of the metadata in a message: in quotes, on one line, not too long. */
export function quoted(value: string): string {
  return JSON.stringify(value.length > 120 ? `${value.slice(0, 119)}…` : value);
}
