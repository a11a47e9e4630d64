import type { PushAnswer } from '@ameide/publisher-kit';
import { remoteProblem } from '@ameide/publisher-kit';
import type { Coordinate, Problem, Published } from '@ameide/versioning-core';
import { formatCoordinate } from '@ameide/versioning-core';

/** What became of one coordinate whose refs were pushed together, all or none. */
export function publishedFrom(push: {
  readonly answer: PushAnswer;
  readonly coordinate: Coordinate;
  readonly digest: string;
  readonly what: string;
}): Published {
  const { answer, coordinate, digest, what } = push;
  const outcomes = answer.results.map(({ outcome }) => outcome);
  if (outcomes.every((outcome) => outcome === 'already')) return { coordinate, outcome: 'already-there', digest };
  if (outcomes.every((outcome) => outcome === 'ok' || outcome === 'already')) return { coordinate, outcome: 'published', digest };
  if (answer.failure !== undefined) {
    const problem = remoteProblem({ code: 'go', what, failure: answer.failure, coordinate: formatCoordinate(coordinate) });
    return { coordinate, outcome: outcomes.includes('unknown') ? 'unknown' : 'incomplete', problem };
  }
  return refused(push);
}

/** A tag that is taken: it stays where it is. */
export function tagExists(coordinate: Coordinate, where: string): Problem {
  return {
    code: 'go-tag-exists',
    kind: 'conflict',
    message: `Could not publish ${formatCoordinate(coordinate)}: ${where}.`,
    hint: 'A moved tag breaks go.sum for ever, so it stays. Raise the base version.',
    coordinate: formatCoordinate(coordinate),
    effect: 'none',
    rerun: 'never',
  };
}

function refused({ answer, coordinate, what }: Parameters<typeof publishedFrom>[0]): Published {
  const taken = answer.results.find(({ reason }) => reason === 'exists' || reason === 'stale');
  if (taken !== undefined)
    return { coordinate, outcome: 'conflict', problem: tagExists(coordinate, `${taken.ref} was set to another commit meanwhile`) };
  const detail = answer.results.map((result) => result.detail ?? result.reason).find((words) => words !== undefined) ?? 'no reason given';
  const problem: Problem = {
    code: 'go-push-refused',
    kind: 'incomplete',
    message: `Could not ${what}: the host refused it (${detail}).`,
    hint: 'Check the host’s rules for tags and branches.',
    coordinate: formatCoordinate(coordinate),
    effect: 'none',
    rerun: 'after-fix',
  };
  return { coordinate, outcome: 'incomplete', problem };
}
