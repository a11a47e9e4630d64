import type { InvalidInputError } from '../errors.ts';

/** An expected failure, as a value. Stable `code`, one sentence, a hint, and what it means for the servers. */
export interface Problem {
  /** Stable, kebab-case, listed in the package's README: `npm-unauthorized`, `pypi-version-conflict`. */
  readonly code: string;
  readonly kind: ProblemKind;
  /** One sentence: what happened. Never holds a secret. */
  readonly message: string;
  /** What to do. */
  readonly hint?: string;
  /** The artifact it concerns, formatted by `formatCoordinate`. */
  readonly coordinate?: string;
  /** The file or folder it concerns, relative to the repository's root. */
  readonly path?: string;
  /** Where in the file at `path`, both counted from 1. */
  readonly line?: number;
  readonly column?: number;
  /** The option, or the field of a manifest, that it concerns: `publishers[2].directory`. */
  readonly field?: string;
  /** What a server or a program itself said, in its words. */
  readonly reason?: string;
  /** What is known to be on the servers because of the failed step. */
  readonly effect: 'none' | 'committed' | 'unknown';
  /** Whether the same command can be run again. */
  readonly rerun: 'safe' | 'after-fix' | 'never';
  readonly cause?: unknown;
}

/**
 * Decides the exit code.
 * - `input` (2): the commit and the definition alone decide it; `plan` reports it, and nothing was
 *   sent.
 * - `policy` (2): it may not be published from here: a pull request, a branch that is not
 *   published, another plan than the approved one. `plan` reports it and goes on.
 * - `incomplete` (3): a network or registry failure, a missing tool, a failed build, or a built
 *   file that may not be published.
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

/** A problem but for what its kind implies. */
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
 * Makes a problem. Left out, `effect` is `unknown` for the kind `unknown` and `none` for the
 * others; `rerun` follows from the kind.
 */
export function problem(input: ProblemInput): Problem {
  const effect = input.kind === 'unknown' ? 'unknown' : 'none';
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const implied = { effect, rerun: RERUN[input.kind] };
  return { ...implied, ...Object.fromEntries(given) } as unknown as Problem;
}

/** What a thrown wrong input means as a problem: nothing was sent, and only a correction helps. */
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
