import { gitIn } from '@ameide/publisher-kit/go';
import { type Pointer, type Problem, problem, type Step } from '@ameide/versioning-core';
import { compareGoVersions } from '@ameide/versioning-core/go';
import { notOurs, unreadable } from '../problems.ts';
import type { Failed, Located, Mirror } from './mirror.ts';
import { type MirrorPlan, requiresMembers } from './plan.ts';
import { commitAt, highestFirst, type MirrorRefs, versionsAt } from './refs.ts';

/**
 * Returns the parent of a new mirror commit: the highest version tag before the source commit. If
 * somebody else's history is taken over, only one that contains it counts; without one, its last
 * commit.
 */
export async function findParent(
  { earlier }: MirrorPlan,
  refs: MirrorRefs,
  mirror: Mirror,
  step: Step,
): Promise<Located | Failed | undefined> {
  const { takeOver } = mirror;
  for (const tag of earlier) {
    const commit = refs.versions.get(tag);
    if (commit === undefined) continue;
    const at = { ref: `refs/tags/${tag}`, commit };
    const contains = takeOver === undefined || (await containsTakeOver(at, refs, mirror, step));
    if (typeof contains !== 'boolean') return contains;
    if (contains) return at;
  }
  return takeOver === undefined ? undefined : { ref: takeOver, commit: takeOver };
}

/** True if a commit of ours comes after the commit that is taken over. Goes back release by release. */
async function containsTakeOver(
  at: Located,
  refs: MirrorRefs,
  mirror: Mirror,
  step: Step,
): Promise<boolean | Failed> {
  const found = await mirror.read(at, step);
  if ('failure' in found) return found;
  const { parent, sha } = found;
  if (sha === undefined || parent === undefined) return false;
  if (parent === mirror.takeOver) return true;
  const [tag] = versionsAt(parent, refs);
  return tag === undefined
    ? false
    : containsTakeOver({ ref: `refs/tags/${tag}`, commit: parent }, refs, mirror, step);
}

/** Returns the problem of a mirror that does not have the commit that is taken over. */
export async function checkTakeOver(
  { registry }: MirrorPlan,
  mirror: Mirror,
  step: Step,
): Promise<readonly Problem[]> {
  const { takeOver } = mirror;
  if (takeOver === undefined) return [];
  const found = await mirror.read({ ref: takeOver, commit: takeOver }, step);
  if (!('failure' in found)) return [];
  // The host answered, so it is the commit that it does not give.
  return [
    found.failure.kind === 'other'
      ? problem({
          code: 'go-take-over-missing',
          kind: 'incomplete',
          message: `takeOver names ${takeOver}, which ${registry} does not have.`,
          hint: 'Pass the full id of the commit that the mirror’s branch names. If the mirror has no branch, remove takeOver.',
          reason: found.failure.message,
          rerun: 'after-fix',
        })
      : unreadable(registry, found.failure),
  ];
}

/** Returns the version tags on the commit that is taken over and on those before it. */
export async function tagsTakenOver(
  { versions }: MirrorRefs,
  mirror: Mirror,
  step: Step,
): Promise<{ readonly tags: readonly string[] } | Failed> {
  const { takeOver = '' } = mirror;
  const found = await mirror.read({ ref: takeOver, commit: takeOver }, step);
  if ('failure' in found) return found;
  const printed = await gitIn(await mirror.trees(step), ['rev-list', takeOver]);
  const commits = new Set(printed.trim().split('\n'));
  return { tags: [...versions].filter(([, at]) => commits.has(at)).map(([tag]) => tag) };
}

/**
 * Returns why a branch that is not ours must not move to the plan's commit: it names another commit
 * than the definition takes over, the move would lose that commit, or the version is not the highest.
 * Returns undefined if it may move.
 */
export async function refuseTakeOver(
  pointer: Pointer,
  current: string,
  {
    plan,
    refs,
    mirror,
    step,
  }: {
    readonly plan: MirrorPlan;
    readonly refs: MirrorRefs;
    readonly mirror: Mirror;
    readonly step: Step;
  },
): Promise<Problem | Failed | undefined> {
  if (current !== mirror.takeOver) return notOurs(pointer, current, plan.registry);
  const { sourceTag, versionTag } = plan;
  const before = await tagsTakenOver(refs, mirror, step);
  if ('failure' in before) return before;
  const [highest] = highestFirst(before.tags);
  if (versionTag !== null && highest !== undefined && compareGoVersions(versionTag, highest) <= 0)
    return notHigher(highest, plan);
  // What is published already, or what the release would reuse.
  const reused = versionTag === null || !requiresMembers(plan) ? sourceTag : undefined;
  const tag = [versionTag, reused].find((one) => one && commitAt(one, refs) !== undefined);
  const commit = commitAt(tag ?? '', refs);
  if (commit === undefined) return undefined;
  const contains = await containsTakeOver({ ref: `refs/tags/${tag}`, commit }, refs, mirror, step);
  if (contains === false) return publishedBefore(pointer, current, plan);
  return contains === true ? undefined : contains;
}

function publishedBefore(
  { pointer }: Pointer,
  current: string,
  { registry, sha }: MirrorPlan,
): Problem {
  return problem({
    code: 'go-branch-not-ours',
    kind: 'incomplete',
    message: `Branch ${pointer} of ${registry} names ${current}, and the mirror commit of ${sha} does not come after it: the branch would lose commits.`,
    hint: 'Publish a later commit: its mirror commit comes after the one that takeOver names.',
    rerun: 'after-fix',
  });
}

function notHigher(highest: string, { registry, versionTag }: MirrorPlan): Problem {
  return problem({
    code: 'go-version-not-higher',
    kind: 'incomplete',
    message: `${registry} has ${highest} already, so ${versionTag} cannot be the first version that we publish there.`,
    hint: `Raise the base version above ${highest.slice(1)}. To begin below it, remove takeOver and give the release a branch of its own, for example goModule({ branches: { release: 'release', dev: 'dev' } }).`,
    rerun: 'after-fix',
  });
}
