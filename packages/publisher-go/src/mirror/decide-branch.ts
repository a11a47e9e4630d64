import type { MoveDecision } from '@ameide/publisher-kit';
import {
  decidePointer,
  movePointerCommand,
  type Pointer,
  type Problem,
  parseVersionTag,
  problem,
  type Step,
} from '@ameide/versioning-core';
import { unreadable } from '../problems.ts';
import type { Failed, Mirror } from './mirror.ts';
import type { MirrorPlan } from './plan.ts';
import { type MirrorRefs, shaOfSourceTag, versionAt } from './refs.ts';
import { refuseTakeOver } from './take-over.ts';

/** What the decision about a branch depends on. */
export interface BranchQuestion {
  readonly plan: MirrorPlan;
  readonly refs: MirrorRefs;
  readonly mirror: Mirror;
  readonly step: Step;
}

/** Decides whether a branch moves from `current` to the plan's commit. */
export async function decideBranch(
  pointer: Pointer,
  current: string,
  question: BranchQuestion,
): Promise<MoveDecision> {
  const { plan, step } = question;
  const named = await nameOf(pointer, current, question);
  if ('failure' in named)
    return { outcome: 'blocked', problem: unreadable(plan.registry, named.failure) };
  const { version: from, sha } = named;
  if (sha === undefined) {
    const refused = await refuseTakeOver(pointer, current, question);
    if (refused === undefined) return { outcome: 'move', from };
    const found = 'failure' in refused ? unreadable(plan.registry, refused.failure) : refused;
    return { outcome: 'blocked', from, problem: found };
  }
  const isReleased = plan.versionTag !== null && parseVersionTag(from) !== undefined;
  // On a commit without a version tag, only ancestry can decide about a release branch, as for
  // `dev`.
  const outcome = isReleased
    ? decidePointer(
        'stable',
        { version: from.slice(1), sha },
        { version: pointer.version.slice(1), sha: plan.sha },
        'unknown',
      )
    : decidePointer(
        'ancestry',
        { sha },
        { version: pointer.version, sha: plan.sha },
        await step.history.relation(sha, plan.sha),
      );
  return outcome === 'blocked'
    ? { outcome, from, problem: noAncestry(pointer, { version: from, sha }, plan) }
    : { outcome, from };
}

/**
 * Returns the version of a branch's commit and, if we made it, its source commit. Uses tags where
 * it can; otherwise reads the commit.
 */
export async function nameOf(
  pointer: Pointer,
  commit: string,
  { plan, refs, mirror, step }: BranchQuestion,
): Promise<{ readonly version: string; readonly sha?: string } | Failed> {
  const tag = versionAt(commit, refs);
  const [sourceTag] = [...refs.sources].find(([, at]) => at === commit) ?? [];
  const tagged = sourceTag === undefined ? undefined : shaOfSourceTag(sourceTag);
  const found =
    tagged === undefined
      ? await mirror.read({ ref: `refs/heads/${pointer.pointer}`, commit }, step)
      : { sha: tagged };
  if ('failure' in found) return found;
  const { sha } = found;
  const version =
    plan.versionTag !== null && tag !== undefined
      ? tag
      : sha === undefined
        ? (tag ?? commit)
        : `source-${sha}`;
  return { version, ...(sha === undefined ? {} : { sha }) };
}

function noAncestry(
  named: Pointer,
  { version, sha }: { readonly version: string; readonly sha: string },
  plan: MirrorPlan,
): Problem {
  const { pointer } = named;
  return problem({
    code: 'go-ancestry-unknown',
    kind: 'incomplete',
    message: `This clone does not have ${sha}, which ${pointer} of ${plan.registry} names: we do not know whether it came before ${plan.sha}.`,
    hint: `If it is on another branch, fetch that: git fetch --all. If it was squashed or force-pushed away: ${movePointerCommand(named, version)}`,
    rerun: 'after-fix',
  });
}
