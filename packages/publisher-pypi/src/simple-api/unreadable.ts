import { cleanText } from '@ameide/publisher-kit';
import { type Coordinate, formatCoordinate, type Problem, problem } from '@ameide/versioning-core';

/** Reports something that the index serves and that is not what it should be. */
export function unreadable(coordinate: Coordinate, what: string, why: string): Problem {
  return problem({
    code: 'pypi-unreadable',
    kind: 'incomplete',
    message: `${cleanText(what)}: ${why}.`,
    coordinate: formatCoordinate(coordinate),
    hint: 'Check simpleUrl: it must be the root of a Simple API (PEP 503, PEP 691).',
  });
}
