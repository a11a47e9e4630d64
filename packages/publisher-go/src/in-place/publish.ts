import type { Coordinate, Published, Step } from '@ameide/versioning-core';
import type { PushAccess } from '../access.ts';
import { publishedFrom, wasTaken } from '../push-outcome.ts';
import { findTag } from './inspect.ts';
import type { InPlacePlan } from './plan.ts';

interface Pushing {
  readonly access: PushAccess;
  readonly gitDirectory: string;
  readonly step: Step;
}

/** Pushes the tag of a release. A dev build is already there. */
export async function pushTag(
  coordinate: Coordinate,
  plan: InPlacePlan,
  { access, gitDirectory, step }: Pushing,
): Promise<Published> {
  const { tag, sha } = plan;
  if (tag === null) return { coordinate, outcome: 'already-there', digest: sha };
  step.emit({ publisher: plan.publisher, message: `pushing ${tag}` });
  const answer = await access.remote.push(gitDirectory, [{ ref: tag, sha, expect: null }], {
    signal: step.signal,
  });
  if (wasTaken(answer)) {
    // A push compares an annotated tag's own object, but the commit that it leads to counts.
    const [finding] = await findTag(plan, tag, access, step);
    if (finding?.state === 'identical')
      return { coordinate, outcome: 'already-there', digest: sha };
    if (finding?.state === 'conflict' && finding.problem !== undefined)
      return { coordinate, outcome: 'conflict', problem: finding.problem };
    if (finding?.problem !== undefined)
      return { coordinate, outcome: 'incomplete', problem: finding.problem };
  }
  return publishedFrom({
    answer,
    coordinate,
    digest: sha,
    what: `push ${tag} to ${plan.registry}`,
  });
}
