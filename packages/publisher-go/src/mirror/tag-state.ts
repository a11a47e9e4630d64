import { inParallel } from '@ameide/publisher-kit';
import {
  type Coordinate,
  type FindingState,
  formatCoordinate,
  type Problem,
  type Step,
} from '@ameide/versioning-core';
import { isWithin } from '../module/validate-content.ts';
import { conflict, tagExists } from '../problems.ts';
import type { MirrorCommit } from './commit.ts';
import { areEditedAlike, editedPaths } from './edits.ts';
import type { Failed, Mirror } from './mirror.ts';
import { contentOf, type MirrorBuilt, type MirrorPlan, requiresMembers, tagsOf } from './plan.ts';
import { commitAt, type MirrorRefs } from './refs.ts';
import { differingPaths } from './tree.ts';

/**
 * What one of a plan's tags names: nothing, a mirror commit of our source commit, or something
 * else.
 */
export interface TagState {
  readonly tag: string;
  readonly state: Exclude<FindingState, 'unknown'>;
  /** Absent if there is no such tag. */
  readonly found?: MirrorCommit;
}

export interface TagQuestion {
  readonly mirror: Mirror;
  readonly step: Step;
  /** What was built for the plan, if anything. */
  readonly built?: Pick<MirrorBuilt, 'commit' | 'tree' | 'unedited'> | undefined;
}

/**
 * Reads every tag of a plan. If the source tag names another build of the commit, whose go.mod has
 * another channel's versions, it stays there, and this leaves it out.
 */
export async function readTagStates(
  plan: MirrorPlan,
  refs: MirrorRefs,
  question: TagQuestion,
): Promise<readonly TagState[] | Failed> {
  const states: TagState[] = [];
  for (const one of await inParallel(tagsOf(plan), async (tag) =>
    readTagState(tag, plan, refs, question),
  )) {
    if ('failure' in one) return one;
    if (!isOfOtherChannel(one, plan)) states.push(one);
  }
  return states;
}

async function readTagState(
  tag: string,
  plan: MirrorPlan,
  refs: MirrorRefs,
  { mirror, step, built }: TagQuestion,
): Promise<TagState | Failed> {
  const commit = commitAt(tag, refs);
  if (commit === undefined) return { tag, state: 'absent' };
  const content = contentOf(plan, built);
  const found = await mirror.recognise({ ref: `refs/tags/${tag}`, commit }, content, refs, step);
  if ('failure' in found) return found;
  if (!(await hasContentOf(found, tag, { plan, mirror, step, built })))
    return { tag, state: 'conflict', found };
  const isSame = built === undefined ? found.proven : found.commit === built.commit;
  return { tag, state: isSame ? 'identical' : 'same-source', found };
}

function isOfOtherChannel({ state, tag }: TagState, plan: MirrorPlan): boolean {
  const { sourceTag, versionTag } = plan;
  const mayDiffer = requiresMembers(plan) && versionTag !== null && tag === sourceTag;
  return mayDiffer && state === 'same-source';
}

/**
 * True if a mirror commit has the content of the source commit: it names it and has the same tree,
 * except for files that are not built yet, and for the versions that it names of the release's
 * other modules. Its parent may differ.
 */
export async function hasContentOf(
  found: MirrorCommit,
  tag: string,
  { plan, mirror, step, built }: TagQuestion & { readonly plan: MirrorPlan },
): Promise<boolean> {
  const content = contentOf(plan, built);
  const { edits, fromCheckout, sha, unedited } = content;
  if (found.sha !== sha) return false;
  if (found.tree === content.tree) return true;
  // The version tag of a build is compared to the build itself.
  const mayDiffer = edits !== undefined && (built === undefined || tag === plan.sourceTag);
  if (fromCheckout.length === 0 && !mayDiffer) return false;
  const store = await mirror.trees(step);
  const tree = (tag === plan.sourceTag ? unedited : undefined) ?? content.tree;
  const edited = mayDiffer ? editedPaths(edits) : [];
  const differing = await differingPaths(tree, found.tree, store);
  const isOpen = (path: string): boolean =>
    [...fromCheckout, ...edited].some((one) => isWithin(path, one));
  if (!differing.every(isOpen)) return false;
  // The checkout may decide even these files, for example their line ends.
  if (!mayDiffer || edited.some((path) => fromCheckout.includes(path))) return true;
  const version = tag === plan.sourceTag ? undefined : tag;
  return areEditedAlike(tree, found.tree, { edits, store, version });
}

/** The problem of a tag on another commit. The tag does not move. */
export function tagTaken(
  coordinate: Coordinate,
  { tag, found }: TagState,
  plan: MirrorPlan,
): Problem {
  const where = `${tag} of ${plan.registry} is on ${found?.commit ?? 'another commit'}`;
  return found?.sha === plan.sha
    ? conflict(coordinate, {
        code: 'go-mirror-altered',
        message: `Could not publish ${formatCoordinate(coordinate)}: ${where}, which names our commit but has other files.`,
        hint:
          plan.content.fromCheckout.length === 0
            ? 'Find out who pushed that: nothing but this publisher should write there.'
            : 'Find out who pushed that, or which program of prepare does not give the same files each time.',
      })
    : tagExists(coordinate, `${where}, made from ${found?.sha ?? 'no commit of this repository'}`);
}
