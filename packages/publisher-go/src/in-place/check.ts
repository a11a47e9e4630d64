import { settleAll } from '@ameide/publisher-kit';
import {
  type Finding,
  type Lineage,
  type Problem,
  problem,
  type Step,
} from '@ameide/versioning-core';
import { goTagPrefix, retractingTag } from '@ameide/versioning-core/go';
import type { PushAccess } from '../access.ts';
import { unreadable } from '../problems.ts';
import { goVersionOf } from '../pseudo-version.ts';
import { notPushed } from './inspect.ts';
import type { InPlaceModule, InPlacePlan } from './plan.ts';

interface KnownTags {
  readonly module: InPlaceModule;
  /**
   * The tag of this clone whose go.mod lists the retractions; absent if nothing before the commit
   * could be retracted.
   */
  readonly retracting: string | undefined;
  readonly access: PushAccess;
}

/**
 * Checks a dev build. It pushes nothing and needs no token, but somebody must have pushed the
 * commit, and this clone must have the tags that the commit's version depends on.
 */
export async function checkDevBuild(
  plan: InPlacePlan,
  { found, ...known }: KnownTags & { readonly found: readonly Promise<Finding>[] },
  step: Step,
): Promise<readonly Problem[]> {
  const [missing, ...findings] = await settleAll([missingTags(plan, known, step), ...found]);
  const unpushed = findings.flatMap(
    ({ coordinate, state, problem: why }) =>
      why ?? (state === 'absent' ? [notPushed(coordinate, plan)] : []),
  );
  return [...unpushed, ...missing];
}

/**
 * Finds tags that the host has, this clone lacks, and that change the commit's version: a tag on an
 * ancestor, or the tag whose go.mod lists the retractions. A release pushes `<directory>/vX.Y.Z`
 * only to the host, so the next dev build in the same clone meets this case.
 */
async function missingTags(
  plan: InPlacePlan,
  known: KnownTags,
  { signal, history, source }: Step,
): Promise<readonly Problem[]> {
  const { module, retracting, access } = known;
  const answer = await access.remote.lsRemote([`refs/tags/${goTagPrefix(module)}v*`], { signal });
  if ('failure' in answer) return [unreadable(access.url, answer.failure)];
  const tags = answer.refs.map(({ ref, sha, peeled }) => ({
    tag: ref.slice('refs/tags/'.length),
    sha: peeled ?? sha,
  }));
  const { lineage, modulePath, directory, retracted } = module;
  const time = await source.commitTime(plan.sha);
  const version = (among: Lineage): string =>
    goVersionOf({ sha: plan.sha, time }, among, { modulePath, directory, retracted });
  const matters = (tag: string, relation: 'same' | 'ancestor'): boolean =>
    version(withTag(lineage, tag, relation)) !== version(lineage);
  for (const { tag, sha } of tags) {
    // Skip tags that are not versions or cannot matter: `go` prefers a tag on the commit itself to
    // one before it.
    if (lineage.tags.includes(tag) || !matters(tag, 'same')) continue;
    const relation = await history.relation(sha, plan.sha);
    // This clone is complete, so a commit that it lacks cannot be an ancestor of one that it has.
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
    : [tagMissing(`the tag ${deciding}, whose go.mod lists the retractions`, plan)];
}

function withTag(
  { tags, tagsAtCommit = [] }: Lineage,
  tag: string,
  relation: 'same' | 'ancestor',
): Lineage {
  return {
    tags: [...tags, tag],
    tagsAtCommit: relation === 'same' ? [...tagsAtCommit, tag] : tagsAtCommit,
  };
}

function tagMissing(what: string, plan: InPlacePlan): Problem {
  return problem({
    code: 'go-tags-missing',
    kind: 'incomplete',
    message: `${plan.registry} has ${what}, but this clone does not, so go may derive another version.`,
    hint: `Run: git fetch --tags ${plan.registry}`,
    rerun: 'after-fix',
  });
}
