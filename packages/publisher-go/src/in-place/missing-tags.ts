import { remoteProblem } from '@ameide/publisher-kit';
import type { Problem, Step } from '@ameide/versioning-core';
import type { Access } from '../access.ts';
import type { InPlacePlan } from './plan.ts';

/**
 * A version tag that the host has and this clone lacks, on an ancestor of the commit: `go` counts it, so the pseudo-version derived
 * here would not be go's. A release pushes `<directory>/vX.Y.Z` to the host alone, so the next dev build in the same clone meets this.
 */
export async function missingTags(
  plan: InPlacePlan,
  module: { readonly prefix: string; readonly known: readonly string[]; readonly access: Access },
  { signal, history }: Step,
): Promise<readonly Problem[]> {
  const { prefix, known, access } = module;
  const answer = await access.remote.lsRemote([`refs/tags/${prefix}v*`], { signal });
  if ('failure' in answer) return [remoteProblem({ code: 'go', what: `read ${access.url}`, failure: answer.failure })];
  const here = new Set(known);
  for (const { ref, sha, peeled } of answer.refs) {
    const tag = ref.slice('refs/tags/'.length);
    if (here.has(tag)) continue;
    const relation = await history.relation(peeled ?? sha, plan.sha);
    // A commit that this whole clone does not have cannot be an ancestor of one that it has.
    if (relation === 'ancestor' || relation === 'same') return [tagMissing(tag, plan)];
  }
  return [];
}

function tagMissing(tag: string, plan: InPlacePlan): Problem {
  return {
    code: 'go-tags-missing',
    kind: 'incomplete',
    message: `${plan.registry} has the tag ${tag} on an ancestor of this commit, and this clone does not: go would derive another version.`,
    hint: 'Run: git fetch --tags',
    effect: 'none',
    rerun: 'after-fix',
  };
}
