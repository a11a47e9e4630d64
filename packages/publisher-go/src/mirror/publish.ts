import { inParallel, type RemoteFailure, remoteProblem } from '@ameide/publisher-kit';
import {
  type Coordinate,
  formatCoordinate,
  type Problem,
  type Published,
  problem,
  type Step,
} from '@ameide/versioning-core';
import type { PushAccess } from '../access.ts';
import { publishedFrom, wasTaken } from '../push-outcome.ts';
import type { Mirror } from './mirror.ts';
import { type MirrorBuilt, type MirrorPlan, tagsOf } from './plan.ts';
import { readTagStates, tagTaken } from './tag-state.ts';

const ATTEMPTS = 3;

interface Push {
  readonly coordinate: Coordinate;
  readonly plan: MirrorPlan;
  readonly built: MirrorBuilt;
  readonly mirror: Mirror;
  readonly access: PushAccess;
  readonly step: Step;
}

/** Pushes each coordinate of the plan. */
export async function publishMirror(push: Omit<Push, 'coordinate'>): Promise<readonly Published[]> {
  return inParallel(push.plan.coordinates, (coordinate) => pushTags({ coordinate, ...push }));
}

/**
 * Pushes the plan's tags in one push, all or none; each must not exist yet. git reads the refs
 * first and sends nothing if all tags exist. If a tag names another commit, this reads that commit,
 * because another run may have published the same source commit.
 */
async function pushTags(push: Push): Promise<Published> {
  const { coordinate, plan, built, access, step } = push;
  const what = `push ${formatCoordinate(coordinate)} to ${plan.registry}`;
  let missing = tagsOf(plan);
  let digest = built.commit;
  for (let attempt = 1; ; attempt += 1) {
    step.emit({
      publisher: plan.publisher,
      message: `pushing ${missing.join(' and ')} to ${plan.registry}`,
    });
    const updates = missing.map((tag) => ({
      ref: `refs/tags/${tag}`,
      sha: built.commit,
      expect: null,
    }));
    const answer = await access.remote.push(built.gitDirectory, updates, { signal: step.signal });
    if (!wasTaken(answer)) return publishedFrom({ answer, coordinate, digest, what });
    const decided = await decideAfterRefusal(push, what);
    if ('outcome' in decided) return decided;
    // Only a tag that somebody created and deleted meanwhile could still cause a refusal.
    if (attempt === ATTEMPTS) return publishedFrom({ answer, coordinate, digest, what });
    ({ missing, digest } = decided);
  }
}

/** After a refusal, decides by what the tags name now. */
async function decideAfterRefusal(
  { coordinate, plan, built, mirror, step }: Push,
  what: string,
): Promise<Published | { readonly missing: readonly string[]; readonly digest: string }> {
  const incomplete = (failure: RemoteFailure): Published => ({
    coordinate,
    outcome: 'incomplete',
    problem: remoteProblem({ code: 'go', what, failure, coordinate: formatCoordinate(coordinate) }),
  });
  const answer = await mirror.refs(step);
  if ('failure' in answer) return incomplete(answer.failure);
  const tags = await readTagStates(plan, answer.refs, { mirror, step, built });
  if ('failure' in tags) return incomplete(tags.failure);
  const conflict = tags.find(({ state }) => state === 'conflict');
  if (conflict !== undefined)
    return { coordinate, outcome: 'conflict', problem: tagTaken(coordinate, conflict, plan) };
  const missing = tags.filter(({ state }) => state === 'absent').map(({ tag }) => tag);
  // If another run put the version on another commit with our content, the version keeps that
  // commit.
  const digest = tags.find(({ tag }) => tag === coordinate.version)?.found?.commit ?? built.commit;
  // The other modules were built with the version of our commit, which the mirror does not have.
  if (plan.mayBeNamed && digest !== built.commit)
    return { coordinate, outcome: 'incomplete', problem: builtElsewhere(coordinate, digest) };
  return missing.length > 0
    ? { missing, digest }
    : { coordinate, outcome: 'already-there', digest };
}

function builtElsewhere(coordinate: Coordinate, commit: string): Problem {
  return problem({
    code: 'go-built-elsewhere',
    kind: 'incomplete',
    message: `Another run has published ${formatCoordinate(coordinate)} as commit ${commit} meanwhile, so the modules of this run would name a commit that the mirror does not have.`,
    hint: 'Run the same command again: the modules then name that commit.',
    coordinate: formatCoordinate(coordinate),
  });
}
