import { type RemoteFailure, remoteProblem } from '@ameide/publisher-kit';
import {
  type Coordinate,
  type Finding,
  formatCoordinate,
  type Problem,
  type ProblemInput,
  problem,
} from '@ameide/versioning-core';

/** The host did not answer: unknown, which is never taken for absent. */
export function noAnswer(coordinate: Coordinate, url: string, failure: RemoteFailure): Finding {
  const what = `read ${url}`;
  return {
    coordinate,
    state: 'unknown',
    problem: remoteProblem({ code: 'go', what, failure, coordinate: formatCoordinate(coordinate) }),
  };
}

/** The mirror could not be read. */
export function unreadable(url: string, failure: RemoteFailure): Problem {
  return remoteProblem({ code: 'go', what: `read ${url}`, failure });
}

/** A version's tag is on another commit. It does not move. */
export function tagExists(coordinate: Coordinate, where: string): Problem {
  return conflict(coordinate, {
    code: 'go-tag-exists',
    message: `Could not publish ${formatCoordinate(coordinate)}: ${where}.`,
    hint: 'A moved tag would break go.sum for ever, so it is not moved. Raise the base version.',
  });
}

export function conflict(
  coordinate: Coordinate,
  input: Pick<ProblemInput, 'code' | 'message' | 'hint'>,
): Problem {
  return problem({ kind: 'conflict', coordinate: formatCoordinate(coordinate), ...input });
}
