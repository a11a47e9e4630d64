import { InvalidInputError, received } from '../errors.ts';

/** A full commit id: 40 lower-case hex digits, or 64 in a SHA-256 repository. */
export type CommitSha = string & { readonly __brand: 'CommitSha' };

const FULL = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Parses a full commit id. Refuses abbreviations and upper case: a link must have one spelling. */
export function parseSha(value: unknown, field = 'sha'): CommitSha {
  if (isSha(value)) return value;
  throw new InvalidInputError({
    field,
    received: received(value),
    expected:
      'a full git commit id of 40 (or 64) lower-case hex digits, for example 71e210beab37b68546d56dceccba18f09264ecc3',
    hint: 'Print it with: git rev-parse --verify "HEAD^{commit}"',
  });
}

export function isSha(value: unknown): value is CommitSha {
  return typeof value === 'string' && FULL.test(value);
}

/**
 * SHORT_SHA: the first 7 characters, or more until one of them is a letter. An all-digit identifier
 * would lose its leading zeros in PEP 440 (`+git.0123456` becomes `+git.123456`) and is invalid
 * SemVer (spec item 9: no leading zeros).
 */
export function shortSha(sha: CommitSha): string {
  const letter = sha.search(/[a-f]/);
  return letter === -1 ? sha : sha.slice(0, Math.max(7, letter + 1));
}
