import type { InvalidInputError } from '../errors.ts';

/**
 * An expected failure, as a value: a stable `code`, one sentence, a hint, and its effect on the
 * servers.
 */
export interface Problem {
  /** Stable, kebab-case, listed in the package's README: `npm-unauthorized`, `pypi-version-conflict`. */
  readonly code: string;
  readonly kind: ProblemKind;
  /** One sentence: what happened. Never holds a secret. */
  readonly message: string;
  /** What the user should do. */
  readonly hint?: string;
  /** The artifact it concerns, formatted by `formatCoordinate`. */
  readonly coordinate?: string;
  /** The file or folder that the problem is in, relative to the repository's root. */
  readonly path?: string;
  /** The line in the file at `path`, counted from 1. */
  readonly line?: number;
  readonly column?: number;
  /** The option or manifest field that caused the problem: `publishers[2].directory`. */
  readonly field?: string;
  /** What a server or program said, in its own words. */
  readonly reason?: string;
  /** What the failed step has left on the servers, as far as we know. */
  readonly effect: 'none' | 'committed' | 'unknown';
  /** Whether the same command can be run again. */
  readonly rerun: 'safe' | 'after-fix' | 'never';
  readonly cause?: unknown;
}

/**
 * Decides the exit code.
 * - `input` (2): the commit and the definition alone decide it; `plan` reports it, and nothing was
 *   sent.
 * - `policy` (2): it must not be published from here: a pull request, a branch that is not
 *   published, another plan than the approved one, a job or a signing key that is not the one that
 *   the definition names. Nothing was sent. `plan` reports it and goes on.
 * - `incomplete` (3): a network or registry failure, a missing tool, a failed build, or a built
 *   file that must not be published.
 * - `conflict` (4): the registry holds something else under our name.
 * - `unknown` (5): something may have landed.
 * - `authentication` (6).
 */
export type ProblemKind =
  | 'input'
  | 'policy'
  | 'incomplete'
  | 'conflict'
  | 'unknown'
  | 'authentication';

/** A problem without the fields that follow from its kind. */
export type ProblemInput = Pick<Problem, 'code' | 'kind' | 'message'> & {
  readonly [K in Exclude<keyof Problem, 'code' | 'kind' | 'message'>]?: Problem[K] | undefined;
};

const RERUN: Readonly<Record<ProblemKind, Problem['rerun']>> = {
  input: 'after-fix',
  policy: 'after-fix',
  incomplete: 'safe',
  conflict: 'never',
  unknown: 'safe',
  authentication: 'after-fix',
};

/**
 * Makes a problem. If omitted, `effect` is `unknown` for the kind `unknown` and `none` for all
 * others; `rerun` follows from the kind.
 */
export function problem(input: ProblemInput): Problem {
  const effect = input.kind === 'unknown' ? 'unknown' : 'none';
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const implied = { effect, rerun: RERUN[input.kind] };
  return { ...implied, ...Object.fromEntries(given) } as unknown as Problem;
}

/**
 * Turns a thrown wrong input into a problem: nothing was sent, and the user must correct the input.
 */
export function inputProblem(error: InvalidInputError, more: Partial<ProblemInput> = {}): Problem {
  const { code, field, hint, message } = error;
  return problem({
    code,
    kind: 'input',
    message,
    field,
    ...(hint === undefined ? {} : { hint }),
    ...more,
  });
}
