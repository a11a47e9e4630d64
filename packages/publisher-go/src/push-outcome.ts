import { type PushAnswer, remoteProblem } from '@ameide/publisher-kit';
import {
  type Coordinate,
  formatCoordinate,
  type Problem,
  type Published,
  problem,
} from '@ameide/versioning-core';

/** True if a ref exists that had to be absent. Then read what it names. */
export function wasTaken({ results }: PushAnswer): boolean {
  return results.some(({ reason }) => reason === 'exists' || reason === 'stale');
}

/** Returns the outcome of one coordinate whose refs were pushed together, all or none. */
export function publishedFrom(push: {
  readonly answer: PushAnswer;
  readonly coordinate: Coordinate;
  readonly digest: string;
  readonly what: string;
}): Published {
  const { answer, coordinate, digest, what } = push;
  const outcomes = answer.results.map(({ outcome }) => outcome);
  if (outcomes.every((outcome) => outcome === 'already'))
    return { coordinate, outcome: 'already-there', digest };
  if (outcomes.every((outcome) => outcome === 'ok' || outcome === 'already'))
    return { coordinate, outcome: 'published', digest };
  if (answer.failure !== undefined) {
    return {
      coordinate,
      outcome: outcomes.includes('unknown') ? 'unknown' : 'incomplete',
      problem: remoteProblem({
        code: 'go',
        what,
        failure: answer.failure,
        coordinate: formatCoordinate(coordinate),
      }),
    };
  }
  return { coordinate, outcome: 'incomplete', problem: refused(push) };
}

function refused({ answer, coordinate, what }: Parameters<typeof publishedFrom>[0]): Problem {
  const detail =
    answer.results
      .map((result) => result.detail ?? result.reason)
      .find((words) => words !== undefined) ?? 'no reason given';
  return problem({
    code: 'go-push-refused',
    kind: 'incomplete',
    message: `Could not ${what}: the host refused it (${detail}).`,
    hint: 'Check the host’s rules for tags: which names are protected and who may create tags.',
    coordinate: formatCoordinate(coordinate),
    reason: detail,
    rerun: 'after-fix',
  });
}
