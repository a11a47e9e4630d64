import {
  type Coordinate,
  type Finding,
  formatCoordinate,
  InvalidInputError,
  type Step,
  type Subject,
} from '@ameide/versioning-core';
import { type ApiRelease, createClient, type GithubClient } from './api/client.ts';
import { makeOwnAssets } from './assets/make.ts';
import {
  type ComparedAsset,
  compareAssets,
  type ExpectedAsset,
  fileFindings,
} from './compare-assets.ts';
import type { Target } from './options.ts';
import type { GithubBuilt, GithubPlan } from './plan.ts';
import { releaseDiffers, tagConflict } from './problems.ts';
import { type ReleaseState, readState } from './release-state.ts';

/** Reports what GitHub has of a plan's release, or of a tag. */
export async function inspectRelease(
  target: Target,
  subject: Subject<GithubPlan, GithubBuilt>,
  step: Step,
): Promise<readonly Finding[]> {
  step.signal.throwIfAborted();
  const client = createClient(target, step.signal);
  if ('coordinate' in subject) return [await inspectTag(client, target, subject.coordinate)];
  const { built, plan } = subject;
  const [coordinate] = plan.coordinates;
  if (coordinate === undefined || plan.tag === undefined) return [];
  const state = await readState(client, { tag: plan.tag, sha: plan.sha });
  if (state.failure !== undefined)
    return [{ coordinate, state: 'unknown', problem: state.failure.problem }];
  const { commit, drafts, published } = state.value;
  if (commit !== undefined && commit !== plan.sha)
    return [conflictOf(coordinate, commit, plan.sha)];
  const inspection = { client, coordinate, plan, built, step };
  if (published !== undefined) return [await inspectPublished(inspection, published)];
  const [draft] = drafts;
  return draft === undefined || commit === undefined
    ? [{ coordinate, state: 'absent' }]
    : [await inspectDraft(inspection, draft)];
}

interface Inspection {
  readonly client: GithubClient;
  readonly coordinate: Coordinate;
  readonly plan: GithubPlan;
  readonly built: GithubBuilt | undefined;
  readonly step: Step;
}

/** A published release is never changed, so a missing or different file is a conflict. */
async function inspectPublished(
  { client, coordinate, plan, built }: Inspection,
  release: ApiRelease,
): Promise<Finding> {
  const compared = await compareAssets(
    client,
    release.assets,
    built?.assets ?? plan.assets.map(nameOnly),
  );
  if (compared.failure !== undefined)
    return { coordinate, state: 'unknown', problem: compared.failure.problem };
  const about = found(coordinate, plan.sha, compared.value);
  const problem = releaseDiffers(coordinate, compared.value, release.immutable === true);
  if (problem !== undefined) return { ...about, state: 'conflict', problem };
  return { ...about, state: built === undefined ? 'same-source' : 'identical' };
}

function nameOnly({ name }: { readonly name: string }): { readonly name: string } {
  return { name };
}

/**
 * A draft counts as there once it has every file with our bytes; until then `publish` completes it.
 * Files of the commit can be made here for comparison. The zip of a Go module needs a build, but our draft
 * has none whose upload was not compared.
 */
async function inspectDraft(
  { client, coordinate, plan, built, step }: Inspection,
  draft: ApiRelease,
): Promise<Finding> {
  const expected = built?.assets ?? (await expectedAssets(plan, step));
  const compared = await compareAssets(client, draft.assets, expected);
  if (compared.failure !== undefined)
    return { coordinate, state: 'unknown', problem: compared.failure.problem };
  if (compared.value.some(({ state }) => state !== 'same' && state !== 'there'))
    return { coordinate, state: 'absent' };
  const state = built === undefined ? 'same-source' : 'identical';
  return { ...found(coordinate, plan.sha, compared.value), state };
}

async function expectedAssets(plan: GithubPlan, step: Step): Promise<readonly ExpectedAsset[]> {
  const modules = plan.assets.filter(({ kind }) => kind === 'goModule');
  return [...(await makeOwnAssets(plan, step)), ...modules.map(nameOnly)];
}

function found(
  coordinate: Coordinate,
  sha: string,
  compared: readonly ComparedAsset[],
): Omit<Finding, 'state'> {
  const files = fileFindings(compared);
  return { coordinate, sha, digest: sha, ...(files.length === 0 ? {} : { files }) };
}

function conflictOf(coordinate: Coordinate, commit: string, sha: string): Finding {
  const problem = tagConflict(coordinate, commit, sha);
  return { coordinate, state: 'conflict', sha: commit, digest: commit, problem };
}

/** Reports which commit the release of a tag is of; `absent` for a tag without a release. */
async function inspectTag(
  client: GithubClient,
  { repository }: Target,
  coordinate: Coordinate,
): Promise<Finding> {
  const { ecosystem, name, version } = coordinate;
  if (ecosystem !== 'github' || name.toLowerCase() !== repository.toLowerCase())
    throw new InvalidInputError({
      field: 'coordinate',
      received: formatCoordinate(coordinate),
      expected: `a release of ${repository}, for example github:${repository}@v0.1.0`,
    });
  const state = await readState(client, { tag: version });
  if (state.failure !== undefined)
    return { coordinate, state: 'unknown', problem: state.failure.problem };
  const { commit } = state.value;
  return commit !== undefined && hasRelease(state.value)
    ? { coordinate, state: 'same-source', sha: commit, digest: commit }
    : { coordinate, state: 'absent' };
}

function hasRelease({ drafts, published }: ReleaseState): boolean {
  return published !== undefined || drafts.length > 0;
}
