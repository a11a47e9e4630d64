import { remoteProblem } from '@ameide/publisher-kit';
import { type Lineage, type Problem, retractingTag, type Step } from '@ameide/versioning-core';
import type { Access } from '../access.ts';
import { versionAmong } from '../pseudo-version.ts';
import { type InPlaceModule, type InPlacePlan, tagPrefix } from './plan.ts';

interface KnownTags {
  readonly module: InPlaceModule;
  /** The commit's, Unix seconds. */
  readonly time: number;
  /**
   * The tag of this clone that says what is retracted; absent where nothing before the commit could
   * be.
   */
  readonly retracting: string | undefined;
  readonly access: Access;
}

/**
 * A tag that the host has and this clone lacks, and that gives the commit another version: one on
 * an ancestor of the commit, or the one whose go.mod says what is retracted. A release pushes
 * `<directory>/vX.Y.Z` to the host alone, so the next dev build in the same clone meets this.
 */
export async function missingTags(
  plan: InPlacePlan,
  known: KnownTags,
  { signal, history }: Step,
): Promise<readonly Problem[]> {
  const { module, time, retracting, access } = known;
  const answer = await access.remote.lsRemote([`refs/tags/${tagPrefix(module)}v*`], { signal });
  if ('failure' in answer)
    return [remoteProblem({ code: 'go', what: `read ${access.url}`, failure: answer.failure })];
  const tags = answer.refs.map(({ ref, sha, peeled }) => ({
    tag: ref.slice('refs/tags/'.length),
    sha: peeled ?? sha,
  }));
  const { lineage, modulePath, directory, retracted } = module;
  const version = (among: Lineage): string =>
    versionAmong(among, { sha: plan.sha, time }, { modulePath, directory, retracted });
  const matters = (tag: string, place: 'same' | 'ancestor'): boolean =>
    version(withTag(lineage, tag, place)) !== version(lineage);
  for (const { tag, sha } of tags) {
    // Not a version, or of no weight wherever it is: a tag on the commit itself weighs more than
    // one before it.
    if (lineage.tags.includes(tag) || !matters(tag, 'same')) continue;
    const relation = await history.relation(sha, plan.sha);
    // A commit that this whole clone does not have cannot be an ancestor of one that it has.
    if ((relation === 'same' || relation === 'ancestor') && matters(tag, relation)) {
      return [
        tagMissing(
          `the tag ${tag} on ${relation === 'same' ? 'this commit' : 'an ancestor of this commit'}`,
          plan,
        ),
      ];
    }
  }
  if (retracting === undefined) return [];
  const deciding = retractingTag([retracting, ...tags.map(({ tag }) => tag)], module)?.tag;
  return deciding === retracting
    ? []
    : [tagMissing(`the tag ${deciding}, whose go.mod says what is retracted`, plan)];
}

function withTag(
  { tags, tagsAtCommit = [] }: Lineage,
  tag: string,
  place: 'same' | 'ancestor',
): Lineage {
  return {
    tags: [...tags, tag],
    tagsAtCommit: place === 'same' ? [...tagsAtCommit, tag] : tagsAtCommit,
  };
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
