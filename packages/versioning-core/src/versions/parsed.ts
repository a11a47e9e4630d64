import { type BaseVersion, parseBase } from '../canonical/base.ts';
import { type DateTime, parseDateTime } from '../canonical/datetime.ts';

/** What a version string reveals about the tuple that it was derived from. */
export interface ParsedVersion {
  readonly channel: 'release' | 'candidate' | 'dev';
  /**
   * The `MAJOR.MINOR.PATCH` in the string: `Versions.target`, or in a Go pseudo-version the numbers
   * that `go` chose.
   */
  readonly base: BaseVersion;
  /** N of a candidate `rc.N`. */
  readonly number?: number;
  /** The commit's time, if the dev version contains it. */
  readonly datetime?: DateTime;
  /** `YYYYMMDD`, if the dev version contains only the date (`stamp: 'date'`). */
  readonly date?: string;
  /** The abbreviated commit id, if the string contains one: 7 or more hex digits, 12 in Go. */
  readonly shortSha?: string;
}

/**
 * Combines the parts that an ecosystem's grammar matched. Returns undefined if a number or a time
 * is out of range.
 */
export function assembleParsed(
  core?: string,
  number?: string,
  stamp?: string,
  shortSha?: string,
): ParsedVersion | undefined {
  const base = attempt(() => parseBase(core));
  if (base === undefined) return undefined;
  if (number !== undefined) return { channel: 'candidate', base, number: Number(number) };
  if (stamp === undefined) return { channel: 'release', base };
  const datetime = attempt(() => parseDateTime(stamp.length === 8 ? `${stamp}000000` : stamp));
  if (datetime === undefined) return undefined;
  const time = stamp.length === 8 ? { date: stamp } : { datetime };
  return { channel: 'dev', base, ...time, ...(shortSha === undefined ? {} : { shortSha }) };
}

/** Returns the value of `parse`, or undefined if it throws. */
export function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
