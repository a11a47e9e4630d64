import { remoteProblem } from '@ameide/publisher-kit';
import type { Problem, Step } from '@ameide/versioning-core';
import { retractingTag } from '@ameide/versioning-core';
import type { Access } from '../access.ts';
import type { InPlacePlan } from './plan.ts';
import { tagPrefix } from './plan.ts';

interface KnownTags {
  readonly modulePath: string;
  readonly directory: string;
  /** Those of this clone that are on the commit or on an ancestor. */
  readonly known: readonly string[];
  /** The one of this clone that says what is retracted; absent where nothing before the commit could be. */
  readonly retracting: string | undefined;
  readonly access: Access;
}

/**
 * A version tag that the host has and this clone lacks, on an ancestor of the commit or with the go.mod that says what is retracted: `go`
 * counts it, so the pseudo-version derived here would not be go's. A release pushes `<directory>/vX.Y.Z` to the host alone, so the next
 * dev build in the same clone meets this.
 */
export async function missingTags(plan: InPlacePlan, module: KnownTags, { signal, history }: Step): Promise<readonly Problem[]> {
  const { known, retracting, access } = module;
  const answer = await access.remote.lsRemote([`refs/tags/${tagPrefix(module)}v*`], { signal });
  if ('failure' in answer) return [remoteProblem({ code: 'go', what: `read ${access.url}`, failure: answer.failure })];
  const tags = answer.refs.map(({ ref, sha, peeled }) => ({ tag: ref.slice('refs/tags/'.length), sha: peeled ?? sha }));
  const here = new Set(known);
  for (const { tag, sha } of tags) {
    if (here.has(tag)) continue;
    const relation = await history.relation(sha, plan.sha);
    // A commit that this whole clone does not have cannot be an ancestor of one that it has.
    if (relation === 'ancestor' || relation === 'same') return [tagMissing(`the tag ${tag} on an ancestor of this commit`, plan)];
  }
  if (retracting === undefined) return [];
  const deciding = retractingTag([retracting, ...tags.map(({ tag }) => tag)], module)?.tag;
  return deciding === retracting ? [] : [tagMissing(`the tag ${deciding}, whose go.mod says what is retracted`, plan)];
}

function tagMissing(what: string, plan: InPlacePlan): Problem {
  return {
    code: 'go-tags-missing',
    kind: 'incomplete',
    message: `${plan.registry} has ${what}, and this clone does not: go may derive another version.`,
    hint: 'Run: git fetch --tags',
    effect: 'none',
    rerun: 'after-fix',
  };
}
