import type { Problem, ProblemKind } from '@ameide/versioning-core';

/**
 * How a command ended. `converged`: the registries have what was asked for, even if nothing was
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
 * Which kind decides if a run has several, gravest first. A conflict comes first because nobody may
 * simply run it again.
 */
const GRAVITY: readonly (readonly [ProblemKind, Status])[] = [
  ['conflict', 'conflict'],
  ['unknown', 'unknown'],
  ['authentication', 'unauthenticated'],
  ['input', 'invalid-input'],
  ['policy', 'invalid-input'],
  ['incomplete', 'incomplete'],
];

/** Returns the status that follows from all problems. */
export function statusOf(problems: readonly Problem[]): Status {
  return (
    GRAVITY.find(([kind]) => problems.some((problem) => problem.kind === kind))?.[1] ?? 'converged'
  );
}
