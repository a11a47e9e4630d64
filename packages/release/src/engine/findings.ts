import { type Finding, formatCoordinate, type Problem } from '@ameide/versioning-core';
import { statesOf } from './lane.ts';

/**
 * A finding that must stop the run, as a problem: where it, or a file of it, is a `conflict` or
 * `unknown`.
 */
export function findingProblem(finding: Finding): Problem[] {
  const states = statesOf(finding);
  const coordinate = formatCoordinate(finding.coordinate);
  if (states.includes('conflict')) return [finding.problem ?? conflict(finding, coordinate)];
  return states.includes('unknown') ? [finding.problem ?? silent(coordinate)] : [];
}

/** `check` and `inspect` may meet the same closed door: it is told once. */
export function withoutRepeats(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, message, coordinate }) => {
    const key = JSON.stringify([code, message, coordinate]);
    return !seen.has(key) && seen.add(key);
  });
}

/** The registry did not say whether something is there. */
export function silent(coordinate: string): Problem {
  return {
    code: 'registry-silent',
    kind: 'incomplete',
    message: `The registry did not say whether ${coordinate} exists.`,
    hint: 'Run it again; nothing was written.',
    coordinate,
    effect: 'none',
    rerun: 'safe',
  };
}

function conflict(finding: Finding, coordinate: string): Problem {
  return {
    code: 'built-from-another-commit',
    kind: 'conflict',
    message: `${coordinate} exists already, built from ${finding.sha ?? 'a commit it does not name'}.`,
    hint: 'Nothing was overwritten. Raise the base version, or build the commit it was built from.',
    coordinate,
    effect: 'none',
    rerun: 'never',
  };
}
