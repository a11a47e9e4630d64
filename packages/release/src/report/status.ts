import type { Problem, ProblemKind } from '@ameide/versioning-core';

/**
 * How a command ended. `converged`: the registries hold what was asked for, also when nothing was
 * left to do.
 */
export type Status =
  | 'converged'
  | 'invalid-input'
  | 'incomplete'
  | 'conflict'
  | 'unknown'
  | 'unauthenticated';

/** The process exit code of each status: part of the CLI's contract. */
export const EXIT_CODES: Readonly<Record<Status, number>> = {
  converged: 0,
  'invalid-input': 2,
  incomplete: 3,
  conflict: 4,
  unknown: 5,
  unauthenticated: 6,
};

/**
 * What decides when several kinds met in one run, gravest first: a conflict must never be run again
 * as it is.
 */
const GRAVITY: readonly (readonly [ProblemKind, Status])[] = [
  ['conflict', 'conflict'],
  ['unknown', 'unknown'],
  ['authentication', 'unauthenticated'],
  ['input', 'invalid-input'],
  ['policy', 'invalid-input'],
  ['incomplete', 'incomplete'],
];

/** The status that a set of problems amounts to. */
export function statusOf(problems: readonly Problem[]): Status {
  return (
    GRAVITY.find(([kind]) => problems.some((problem) => problem.kind === kind))?.[1] ?? 'converged'
  );
}
