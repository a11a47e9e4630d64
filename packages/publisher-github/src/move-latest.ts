import {
  createPace,
  decideByHand,
  type MoveDecision,
  type MovingPointer,
  movePointer,
  type Pace,
} from '@ameide/publisher-kit';
import {
  decidePointer,
  movePointerCommand,
  type Pointer,
  type PointerMove,
  type Problem,
  problem,
  type RequestedMove,
  type Step,
} from '@ameide/versioning-core';
import { createClient, type GithubClient } from './api/client.ts';
import type { Target } from './options.ts';
import { type GithubPlan, latestOf } from './plan.ts';
import { draftMissing, latestUnknown, prereleaseNotLatest } from './problems.ts';
import { type TaggedPlan, versionOfTag } from './tag-version.ts';

/** What a move needs. */
interface Moving {
  readonly client: GithubClient;
  readonly pace: Pace;
}

/** The release that should be marked. */
interface Marked {
  readonly pointer: Pointer;
  /** Its id. */
  readonly release: number;
}

/**
 * Publishes a release, if it is a draft, and marks it as the latest in the same request. So at no moment
 * is it published without the mark, or has a hotfix of an older line the mark.
 */
export async function moveLatest(
  { client, pace, plan }: Moving & { readonly plan: TaggedPlan },
  marked: Marked,
): Promise<PointerMove> {
  const { pointer } = marked;
  const moving = latestMark(client, marked);
  const decide = async (current: string | undefined): Promise<MoveDecision> => {
    if (current === undefined) return { outcome: 'move' };
    if (current === plan.tag) return { outcome: 'already', from: current };
    const found = versionOfTag(current, plan);
    if (found?.isStable !== true)
      return {
        outcome: 'blocked',
        from: current,
        problem: latestUnknown(plan.repository, current, plan.tag),
      };
    const ours = { version: plan.version, sha: plan.sha };
    const outcome = decidePointer('stable', found, ours, 'unknown');
    // Both are versions, so one of them is higher.
    return outcome === 'blocked'
      ? { outcome, from: current, problem: latestUnknown(plan.repository, current, plan.tag) }
      : { outcome, from: current };
  };
  const overtaken = async (): Promise<Problem | undefined> => findHigher(client, plan);
  return { pointer, ...(await movePointer({ ...moving, decide, overtaken }, pace)) };
}

/** Marks a published release as the latest because a person asked for it. */
export async function moveLatestByHand(
  target: Target,
  plan: GithubPlan,
  move: RequestedMove,
  step: Step,
): Promise<PointerMove> {
  const { pointer } = move;
  const client = createClient(target, step.signal);
  const pace = createPace(step.signal, { sleep: target.sleep });
  const found = await client.published(pointer.version);
  if (found.failure !== undefined)
    return { pointer, outcome: 'blocked', problem: found.failure.problem };
  if (found.value === undefined || found.value.prerelease) {
    const coordinates = [
      { ecosystem: 'github', name: plan.repository, version: pointer.version },
    ] as const;
    const refused =
      found.value === undefined
        ? draftMissing(
            { ...plan, coordinates },
            'cannot be marked as the latest release',
            'it is not published',
          )
        : prereleaseNotLatest(plan.repository, pointer.version);
    return { pointer, outcome: 'blocked', problem: refused };
  }
  const moving = latestMark(client, { pointer, release: found.value.id });
  const decide = async (current: string | undefined): Promise<MoveDecision> =>
    moving.isSet(current)
      ? { outcome: 'already', from: current }
      : decideByHand(move, current === undefined ? [] : [current]);
  return { pointer, ...(await movePointer({ ...moving, decide }, pace)) };
}

type LatestMark = Omit<MovingPointer<string>, 'decide'>;

/** The mark "latest" as a pointer that names a tag. */
function latestMark(client: GithubClient, { pointer, release }: Marked): LatestMark {
  const { name, version } = pointer;
  return {
    isShared: true,
    async read() {
      const latest = await client.latest();
      return latest.failure === undefined
        ? { current: latest.value?.tag_name }
        : { problem: latest.failure.problem };
    },
    key: (tag) => tag,
    isSet: (tag) => tag === version,
    async send() {
      const fields = { draft: false, prerelease: false, make_latest: 'true' } as const;
      const asked = await client.update(release, fields);
      return asked.failure === undefined ? { state: 'accepted' } : asked.failure.answer;
    },
    unconfirmed: (why, cause) => unconfirmed(name, why, cause),
    contended: () => contended(name),
  };
}

/** Returns a problem if a version is published that is higher than the one that we marked too late. */
async function findHigher(client: GithubClient, plan: TaggedPlan): Promise<Problem | undefined> {
  const listed = await client.releases();
  if (listed.failure !== undefined)
    return unconfirmed(plan.repository, 'not-read', listed.failure.problem);
  const ours = { version: plan.version, sha: plan.sha };
  const higher = listed.value.find(({ draft, tag_name }) => {
    const found = draft ? undefined : versionOfTag(tag_name, plan);
    if (found?.isStable !== true) return false;
    return decidePointer('stable', found, ours, 'unknown') === 'superseded';
  });
  if (higher === undefined) return undefined;
  const tag = higher.tag_name;
  return problem({
    code: 'github-latest-overtaken',
    kind: 'incomplete',
    message: `${plan.tag} was marked as the latest release of ${plan.repository}, but more than two seconds after the mark was last read. The higher ${tag} is published, and another run may have marked it in between.`,
    hint: `If ${tag} is complete, run again the command that published it, or: ${movePointerCommand(latestOf(plan.repository, tag), plan.tag)}`,
    effect: 'committed',
    rerun: 'after-fix',
  });
}

function unconfirmed(
  repository: string,
  why: 'not-shown' | 'not-read',
  cause: Problem | undefined,
): Problem {
  const ending =
    why === 'not-shown'
      ? 'GitHub still shows another release as the latest'
      : 'GitHub did not answer which release is marked now';
  return problem({
    code: 'github-latest-unconfirmed',
    kind: 'unknown',
    message: `The release was marked as the latest of ${repository}, but ${ending}.`,
    hint: 'Run the same command again in a while: it reads the release first.',
    cause,
  });
}

function contended(repository: string): Problem {
  return problem({
    code: 'github-latest-contended',
    kind: 'incomplete',
    message: `Another run marked another release of ${repository} as the latest after each of our requests.`,
    hint: 'Wait until the other runs have ended, then run the same command again.',
  });
}
