/**
 * An expected failure, as a value. Stable `code`, one sentence, a hint, and what it means for the
 * servers.
 */
export interface Problem {
  /**
   * Stable, kebab-case, listed in the package's README: `npm-unauthorized`,
   * `pypi-version-conflict`.
   */
  readonly code: string;
  /** One sentence: what happened. Never holds a secret. */
  readonly message: string;
  /** What to do. */
  readonly hint?: string;
  /** The artifact it concerns, formatted by `formatCoordinate`. */
  readonly coordinate?: string;
  readonly kind: ProblemKind;
  /** What is known to be on the servers because of the failed step. */
  readonly effect: 'none' | 'committed' | 'unknown';
  /** Whether the same command can be run again. */
  readonly rerun: 'safe' | 'after-fix' | 'never';
  readonly cause?: unknown;
}

/**
 * Decides the exit code: `input` 2, `incomplete` 3 (a network or registry failure, a missing tool,
 * a failed build), `conflict` 4, `unknown` 5 (something may have landed), `authentication` 6.
 */
export type ProblemKind = 'input' | 'incomplete' | 'conflict' | 'unknown' | 'authentication';
