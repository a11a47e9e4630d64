import { type BaseVersion, parseBase } from './base.ts';
import { type DateTime, parseDateTime } from './datetime.ts';
import { type CommitSha, parseSha, shortSha } from './sha.ts';

/** The immutable tuple that every version is derived from. Only `canonical` makes one. */
export interface Canonical {
  /** BASE_VERSION: `0.1.0`. */
  readonly base: BaseVersion;
  /** GIT_SHA. */
  readonly sha: CommitSha;
  /** SHORT_SHA: see `shortSha`. */
  readonly shortSha: string;
  /** DATETIME: the committer time in UTC, `YYYYMMDDHHMMSS`. */
  readonly datetime: DateTime;
  /** DATE: `YYYYMMDD`. */
  readonly date: string;
}

/** What `canonical` accepts. `datetime` is `YYYYMMDDHHMMSS` (UTC), Unix seconds, or a Date. */
export interface CanonicalInput {
  readonly base: string;
  readonly sha: string;
  readonly datetime: string | number | Date;
}

/** Parses the tuple once, at the edge. Throws `InvalidInputError` that names the field. */
export function canonical(input: CanonicalInput): Canonical {
  const base = parseBase(input.base);
  const sha = parseSha(input.sha);
  const datetime = parseDateTime(input.datetime);
  return Object.freeze({
    base,
    sha,
    shortSha: shortSha(sha),
    datetime,
    date: datetime.slice(0, 8),
  });
}
