import { type Coordinate, type Problem, problem, type Removed } from '@ameide/versioning-core';
import { formatNpm } from './manifest/name.ts';

export function incomplete(coordinate: Coordinate, reason: Problem): Removed {
  const named = { ...reason, coordinate: formatNpm(coordinate) };
  return { coordinate, outcome: 'incomplete', problem: named };
}

export function removalUnknown(coordinate: Coordinate, cause: Problem | undefined): Removed {
  const reference = formatNpm(coordinate);
  return {
    coordinate,
    outcome: 'unknown',
    problem: problem({
      code: 'npm-removal-unknown',
      kind: 'unknown',
      message: `The request to unpublish ${reference} was sent, but the registry still shows the version or its tarball, or cannot be read.`,
      hint: 'Run the same command again in a while: it reads the registry first.',
      coordinate: reference,
      cause,
    }),
  };
}

export function overwritten(coordinate: Coordinate): Problem {
  const reference = formatNpm(coordinate);
  const name = `npm:${coordinate.name}`;
  return problem({
    code: 'npm-removal-overwrote',
    kind: 'unknown',
    message: `Another run wrote to ${name} while ${reference} was unpublished, and this registry compares no revisions: what that run published or tagged may be gone.`,
    hint: 'See what is missing there. Before a lost version is published again, delete its tarball, which the registry still has: DELETE …/-/NAME-VERSION.tgz/-rev/1. Publish nothing while prune runs.',
    coordinate: reference,
    effect: 'committed',
  });
}
