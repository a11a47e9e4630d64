import type { Coordinate, Problem } from '@ameide/versioning-core';
import { formatCoordinate } from '@ameide/versioning-core';
import type { InPlacePlan } from './plan.ts';

/** `go` cannot fetch a commit that no branch or tag of the host reaches. */
export function notPushed(coordinate: Coordinate, plan: InPlacePlan): Problem {
  return {
    code: 'go-commit-not-pushed',
    kind: 'incomplete',
    message: `Commit ${plan.sha} is on no branch or tag of ${plan.registry}, so go cannot resolve ${formatCoordinate(coordinate)}.`,
    hint: 'Push the branch first. Commits that only refs/pull/* reaches do not count: go does not fetch those.',
    coordinate: formatCoordinate(coordinate),
    effect: 'none',
    rerun: 'after-fix',
  };
}
