import { type Problem, type ProblemInput, problem } from '@ameide/versioning-core';

/** A problem with a code that begins with `sigstore-`. Default: incomplete, nothing sent to a registry. */
export function sigstoreProblem(
  code: string,
  message: string,
  more: Partial<Omit<ProblemInput, 'code' | 'message'>> = {},
): Problem {
  return problem({ kind: 'incomplete', ...more, code: `sigstore-${code}`, message });
}
