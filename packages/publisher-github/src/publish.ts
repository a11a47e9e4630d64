import { createPace, type Pace } from '@ameide/publisher-kit';
import {
  type Coordinate,
  formatCoordinate,
  type Problem,
  type Published,
  type Step,
} from '@ameide/versioning-core';
import { type ApiRelease, createClient, type GithubClient } from './api/client.ts';
import { compareAssets } from './compare-assets.ts';
import { completeDraft, type WantedAsset } from './complete-draft.ts';
import { type Done, makeDraft, makeTag, removeDraft } from './draft-writes.ts';
import { withMarker } from './marker.ts';
import { readNotes } from './notes.ts';
import type { Target } from './options.ts';
import type { BuiltAsset, GithubBuilt, GithubPlan } from './plan.ts';
import { noToken, releaseDiffers, tagConflict } from './problems.ts';
import { type ReleaseState, readState } from './release-state.ts';
import type { TaggedPlan } from './tag-version.ts';

/** Everything that one attempt needs. */
interface Publication {
  readonly target: Target;
  readonly client: GithubClient;
  readonly plan: TaggedPlan;
  readonly coordinate: Coordinate;
  readonly wanted: readonly WantedAsset[];
  readonly step: Step;
  readonly pace: Pace;
}

/** Attempts: another run may delete the draft that we complete, because it is the younger of two. */
const ROUNDS = 3;

/**
 * Makes the tag and a draft with every file. The draft is not public before `promote`. Writes nothing if the
 * release is published, or if the draft is complete.
 */
export async function publishRelease(
  target: Target,
  plan: GithubPlan,
  built: GithubBuilt,
  step: Step,
): Promise<readonly Published[]> {
  step.signal.throwIfAborted();
  const [coordinate] = plan.coordinates;
  const { tag } = plan;
  if (coordinate === undefined || tag === undefined) return [];
  if (target.token() === undefined) return [failed(coordinate, noToken(target))];
  const client = createClient(target, step.signal);
  const pace = createPace(step.signal, { sleep: target.sleep });
  const wanted = built.assets.map(uploadOf);
  const publication = { target, client, plan: { ...plan, tag }, coordinate, wanted, step, pace };
  for (let round = 1; ; round += 1) {
    const published = await attempt(publication);
    const isGone = published.problem?.code === 'github-not-found';
    if (!isGone || round === ROUNDS) return [published];
  }
}

function uploadOf({ digest, file, name }: BuiltAsset): WantedAsset {
  const mediaType = /\.t?gz$/.test(name) ? 'application/gzip' : 'application/octet-stream';
  return { name, file, digest, mediaType };
}

async function attempt(publication: Publication): Promise<Published> {
  const { client, coordinate, plan, pace } = publication;
  const wanted = { tag: plan.tag, sha: plan.sha };
  const state = await readState(client, wanted);
  if (state.failure !== undefined) return failed(coordinate, state.failure.problem);
  const { commit, published } = state.value;
  if (commit !== undefined && commit !== plan.sha) return conflict(publication, commit);
  if (published !== undefined) return comparePublished(publication, published);
  sayForeign(publication, state.value);
  if (commit === undefined) {
    const made = await makeTag(client, wanted, pace);
    if (made.problem !== undefined) return failed(coordinate, made.problem);
    if (made.value !== plan.sha) return conflict(publication, made.value);
  }
  const draft = await draftOf(publication, state.value);
  if (draft.problem !== undefined) return failed(coordinate, draft.problem);
  const completed = await completeDraft(client, draft.value.release, publication.wanted, pace);
  if (completed.problem !== undefined) return failed(coordinate, completed.problem);
  const hasWritten =
    commit === undefined || draft.value.isNew || completed.value.uploaded.length > 0;
  return { coordinate, outcome: hasWritten ? 'published' : 'already-there', digest: plan.sha };
}

interface Draft {
  readonly release: ApiRelease;
  readonly isNew: boolean;
}

/** Returns our draft, or makes it. Of several the oldest is kept, so every run decides alike. */
async function draftOf(publication: Publication, { drafts }: ReleaseState): Promise<Done<Draft>> {
  const { client, coordinate, pace, plan, step, target } = publication;
  const [existing] = drafts;
  if (existing !== undefined) return { value: { release: existing, isNew: false } };
  const notes = await readNotes(client, target.notes, plan, step.source);
  if (notes.failure !== undefined) return { problem: notes.failure.problem };
  step.emit({ publisher: plan.publisher, message: `drafting ${formatCoordinate(coordinate)}` });
  const made = await makeDraft(
    client,
    { tag: plan.tag, sha: plan.sha },
    {
      name: plan.tag,
      body: withMarker(notes.value, plan.sha),
      target_commitish: plan.sha,
      prerelease: plan.isPrerelease,
      make_latest: 'false',
    },
    pace,
  );
  if (made.problem !== undefined) return made;
  const [oldest, ...younger] = made.value;
  if (oldest === undefined) throw new TypeError('a draft that was made is one of ours');
  for (const { id } of younger) {
    const removed = await removeDraft(client, id, pace);
    if (removed.problem !== undefined) return removed;
  }
  return { value: { release: oldest, isNew: true } };
}

async function comparePublished(
  { client, coordinate, plan, wanted }: Publication,
  release: ApiRelease,
): Promise<Published> {
  const compared = await compareAssets(client, release.assets, wanted);
  if (compared.failure !== undefined) return failed(coordinate, compared.failure.problem);
  const problem = releaseDiffers(coordinate, compared.value, release.immutable === true);
  return problem === undefined
    ? { coordinate, outcome: 'already-there', digest: plan.sha }
    : { coordinate, outcome: 'conflict', digest: plan.sha, problem };
}

function conflict({ coordinate, plan }: Publication, commit: string): Published {
  const problem = tagConflict(coordinate, commit, plan.sha);
  return { coordinate, outcome: 'conflict', digest: commit, problem };
}

function failed(coordinate: Coordinate, found: Problem): Published {
  const problem = { ...found, coordinate: formatCoordinate(coordinate) };
  return { coordinate, outcome: found.kind === 'unknown' ? 'unknown' : 'incomplete', problem };
}

/** People, and programs such as Release Drafter, may have a draft of the same tag. */
function sayForeign({ plan, step }: Publication, { foreignDrafts }: ReleaseState): void {
  if (foreignDrafts === 0) return;
  step.emit({
    publisher: plan.publisher,
    message: `${plan.repository} has a draft of ${plan.tag} that this program did not make. It is left as it is; you can delete it.`,
    isNote: true,
  });
}
