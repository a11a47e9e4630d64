import type { Problem, Result } from '@ameide/versioning-core';

/** The value of a result; fails with the first problem's message when there is none. */
export function valueOf<T>(result: Result<T>): T {
  if (result.value !== undefined) return result.value;
  throw new Error(result.problems?.[0]?.message);
}

/** The problems of a result; fails when there is none. */
export function problemsOf(result: Result<unknown>): readonly Problem[] {
  if (result.problems !== undefined) return result.problems;
  throw new Error('expected problems, but there is a value');
}
