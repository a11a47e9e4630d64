import { createPace, type Pace } from '@ameide/publisher-kit';
import {
  type Pointer,
  type PointerFinding,
  type PointerMove,
  type Problem,
  type Step,
} from '@ameide/versioning-core';
import { type ApiRelease, createClient, type GithubClient } from './api/client.ts';
import { compareAssets } from './compare-assets.ts';
import { removeDraft, updateRelease } from './draft-writes.ts';
import { moveLatest } from './move-latest.ts';
import type { Target } from './options.ts';
import type { GithubPlan } from './plan.ts';
import { draftMissing, tagConflict } from './problems.ts';
import { type ReleaseState, readState } from './release-state.ts';
import type { TaggedPlan } from './tag-version.ts';

/**
 * Publishes the draft, and marks it as the latest release if no higher version is. Without a pointer, as
 * for a candidate, it returns a move only if the draft could not be published.
 */
export async function promoteRelease(
  target: Target,
  plan: GithubPlan,
  step: Step,
): Promise<readonly PointerMove[]> {
  step.signal.throwIfAborted();
  const { tag } = plan;
  if (tag === undefined) return [];
  const client = createClient(target, step.signal);
  const pace = createPace(step.signal, { sleep: target.sleep });
  const promotion: Promotion = { client, pace, plan: { ...plan, tag }, step };
  const ready = await findRelease(promotion);
  if ('code' in ready) return [blocked(promotion.plan, ready)];
  const moves = await publishAndMark(promotion, ready.release);
  if (moves.every(({ outcome }) => outcome !== 'blocked')) await removeRest(promotion, ready);
  return moves;
}

interface Promotion {
  readonly client: GithubClient;
  readonly pace: Pace;
  readonly plan: TaggedPlan;
  readonly step: Step;
}

interface Ready {
  readonly release: ApiRelease;
  readonly state: ReleaseState;
}

/** Finds the release to publish: complete, and of our commit. */
async function findRelease({ client, plan }: Promotion): Promise<Ready | Problem> {
  const read = await readState(client, { tag: plan.tag, sha: plan.sha }, { withDrafts: true });
  if (read.failure !== undefined) return read.failure.problem;
  const { commit, drafts, published } = read.value;
  const [coordinate] = plan.coordinates;
  if (commit !== undefined && commit !== plan.sha && coordinate !== undefined)
    return tagConflict(coordinate, commit, plan.sha);
  if (commit === undefined)
    return draftMissing(plan, 'cannot be published', 'its tag does not exist');
  const release = published ?? drafts[0];
  if (release === undefined) return draftMissing(plan, 'cannot be published', 'it has no draft');
  if (release.draft) {
    const compared = await compareAssets(
      client,
      release.assets,
      plan.assets.map(({ name }) => ({ name })),
    );
    if (compared.failure !== undefined) return compared.failure.problem;
    if (compared.value.some(({ state }) => state !== 'there'))
      return draftMissing(plan, 'cannot be published', 'its draft lacks files');
  }
  return { release, state: read.value };
}

async function publishAndMark(
  promotion: Promotion,
  release: ApiRelease,
): Promise<readonly PointerMove[]> {
  const { plan } = promotion;
  const [pointer] = plan.pointers;
  const publish = async (): Promise<Problem | undefined> =>
    release.draft ? publishUnmarked(promotion, release.id) : undefined;
  if (pointer === undefined) {
    const problem = await publish();
    return problem === undefined ? [] : [blocked(plan, problem)];
  }
  const move = await moveLatest(promotion, { pointer, release: release.id });
  const stays = move.outcome === 'superseded' || move.problem?.code === 'github-latest-unknown';
  const problem = stays ? await publish() : undefined;
  return problem === undefined ? [move] : [{ pointer, outcome: 'blocked', problem }];
}

/** Publishes a draft without making it the latest release. */
async function publishUnmarked(
  { client, pace, plan }: Promotion,
  id: number,
): Promise<Problem | undefined> {
  const fields = { draft: false, prerelease: plan.isPrerelease, make_latest: 'false' } as const;
  return (await updateRelease(client, id, fields, pace)).problem;
}

function blocked({ pointers, repository, tag }: TaggedPlan, problem: Problem): PointerMove {
  // A candidate has no pointer, but its tag is a name that should have a release.
  const own: Pointer = { ecosystem: 'github', name: repository, pointer: tag, version: tag };
  return { pointer: pointers[0] ?? own, outcome: 'blocked', problem };
}

/** Deletes the drafts that other runs of the same commit left behind. A failure is only a note. */
async function removeRest(
  { client, pace, plan, step }: Promotion,
  { release, state }: Ready,
): Promise<void> {
  for (const { id } of state.drafts) {
    if (id === release.id) continue;
    const { problem } = await removeDraft(client, id, pace);
    if (problem === undefined) continue;
    const message = `A second draft of ${plan.tag} could not be deleted: ${problem.message}`;
    step.emit({ publisher: plan.publisher, message, isNote: true });
  }
}

/** Reports which release is marked as the latest now. */
export async function readLatest(
  target: Target,
  plan: GithubPlan,
  { signal }: Step,
): Promise<readonly PointerFinding[]> {
  const [pointer] = plan.pointers;
  if (pointer === undefined) return [];
  const client = createClient(target, signal);
  const latest = await client.latest();
  if (latest.failure !== undefined) return [{ pointer, problem: latest.failure.problem }];
  if (latest.value === undefined) return [{ pointer }];
  const version = latest.value.tag_name;
  const commit = await client.tag(version);
  if (commit.failure !== undefined) return [{ pointer, problem: commit.failure.problem }];
  return [{ pointer, version, ...(commit.value === undefined ? {} : { sha: commit.value }) }];
}
