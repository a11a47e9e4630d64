import { type RemoteFailure, remoteProblem } from '@ameide/publisher-kit';
import { type Coordinate, type Finding, formatCoordinate } from '@ameide/versioning-core';

/** The host did not answer: unknown, which is never taken for absent. */
export function silent(coordinate: Coordinate, url: string, failure: RemoteFailure): Finding {
  const problem = remoteProblem({
    code: 'go',
    what: `read ${url}`,
    failure,
    coordinate: formatCoordinate(coordinate),
  });
  return { coordinate, state: 'unknown', problem };
}
