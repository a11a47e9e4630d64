import { remoteProblem } from '@ameide/publisher-kit';
import { failed, isOurs, ok, type Result, type Step } from '@ameide/versioning-core';
import type { Failed, Mirror } from './mirror.ts';
import type { MirrorBuilt, MirrorPlan } from './plan.ts';
import { standings } from './standing.ts';

/** Makes the mirror commit in the private store, ready to push. */
export async function buildCommit(
  plan: MirrorPlan,
  mirror: Mirror,
  step: Step,
): Promise<Result<MirrorBuilt>> {
  const made = await makeCommit(plan, mirror, step);
  if ('failure' in made)
    return failed(
      remoteProblem({ code: 'go', what: `read ${plan.registry}`, failure: made.failure }),
    );
  const artifacts = plan.coordinates.map((coordinate) => ({
    coordinate,
    name: 'commit',
    digest: made.commit,
    size: 0,
  }));
  return ok({ artifacts, ...made });
}

/**
 * A source commit has one mirror commit, whichever channel made it first; only when there is none
 * yet, one is written.
 */
async function makeCommit(
  plan: MirrorPlan,
  mirror: Mirror,
  step: Step,
): Promise<{ readonly commit: string; readonly gitDirectory: string } | Failed> {
  const answer = await mirror.refs(step);
  if ('failure' in answer) return answer;
  const tags = await standings(plan, answer.refs, { mirror, step });
  if ('failure' in tags) return tags;
  const ours = tags.find(({ state }) => isOurs(state));
  if (ours?.found !== undefined) {
    const { commit } = ours.found;
    const held = await mirror.hold({ ref: `refs/tags/${ours.tag}`, commit }, step);
    return 'failure' in held ? held : { commit, ...held };
  }
  const { versions } = answer.refs;
  const [parent] = plan.earlier.flatMap((tag) => {
    const commit = versions.get(tag);
    return commit === undefined ? [] : [{ ref: `refs/tags/${tag}`, commit }];
  });
  return mirror.write(plan.content, parent, step);
}
