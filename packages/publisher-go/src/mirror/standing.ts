import type { RemoteFailure } from '@ameide/publisher-kit';
import {
  type Coordinate,
  type FindingState,
  formatCoordinate,
  type Problem,
  type Step,
} from '@ameide/versioning-core';
import { isOf, type MirrorCommit } from './commit.ts';
import type { Failed, Mirror } from './mirror.ts';
import { type MirrorPlan, tagsOf } from './plan.ts';
import { commitAt, type MirrorRefs } from './refs.ts';

/**
 * How one of a plan's tags stands: not there, on a mirror commit of our source commit, or on
 * something else.
 */
export interface Standing {
  readonly tag: string;
  readonly state: Exclude<FindingState, 'unknown'>;
  /** Absent when there is no such tag. */
  readonly found?: MirrorCommit;
}

/** Looks at every tag of a plan. `built` is the commit that was made for it, if it was. */
export async function standings(
  plan: MirrorPlan,
  refs: MirrorRefs,
  {
    mirror,
    step,
    built,
  }: { readonly mirror: Mirror; readonly step: Step; readonly built?: string | undefined },
): Promise<readonly Standing[] | Failed> {
  const looked = await Promise.all(
    tagsOf(plan).map(async (tag): Promise<Standing | Failed> => {
      const commit = commitAt(tag, refs);
      if (commit === undefined) return { tag, state: 'absent' };
      const found = await mirror.recognise(
        { ref: `refs/tags/${tag}`, commit },
        plan.content,
        refs,
        step,
      );
      return 'failure' in found ? found : { tag, state: stateOf(found, plan, built), found };
    }),
  );
  const failed = looked.find((one): one is { readonly failure: RemoteFailure } => 'failure' in one);
  return failed ?? looked.filter((one): one is Standing => !('failure' in one));
}

function stateOf(
  found: MirrorCommit,
  { content }: MirrorPlan,
  built: string | undefined,
): Standing['state'] {
  if (!isOf(found, content)) return 'conflict';
  return (built === undefined ? found.proven : found.commit === built)
    ? 'identical'
    : 'same-source';
}

/** A tag that is taken: it stays where it is. */
export function taken(coordinate: Coordinate, { tag, found }: Standing, plan: MirrorPlan): Problem {
  const altered = found?.sha === plan.sha;
  const where = `${tag} of ${plan.registry} is on ${found?.commit ?? 'another commit'}`;
  return {
    code: altered ? 'go-mirror-altered' : 'go-tag-exists',
    kind: 'conflict',
    message: altered
      ? `Could not publish ${formatCoordinate(coordinate)}: ${where}, which names our commit but holds other files.`
      : `Could not publish ${formatCoordinate(coordinate)}: ${where}, made from ${found?.sha ?? 'no commit of this repository'}.`,
    hint: altered
      ? 'Find out who pushed that: nothing but this publisher should write there.'
      : 'A moved tag breaks go.sum for ever, so it stays. Raise the base version.',
    coordinate: formatCoordinate(coordinate),
    effect: 'none',
    rerun: 'never',
  };
}
