import { createPace, type Pace, sha256Hex } from '@ameide/publisher-kit';
import {
  type AttachedFile,
  type Attachment,
  InvalidInputError,
  type Problem,
  problem,
  type Step,
} from '@ameide/versioning-core';
import { type ApiRelease, createClient, type GithubClient } from './api/client.ts';
import { checksums, SUMS_FILE } from './checksums.ts';
import { type ComparedAsset, compareAssets, readDigests } from './compare-assets.ts';
import { completeDraft, type WantedAsset } from './complete-draft.ts';
import { uploadAsset } from './draft-writes.ts';
import type { Target } from './options.ts';
import type { GithubPlan } from './plan.ts';
import { draftMissing } from './problems.ts';
import { readState } from './release-state.ts';

/**
 * Adds files to the draft of a release, for example the release record, and then SHA256SUMS with the
 * checksums of all files. In a draft it replaces what an interrupted run left behind. In a published
 * release it replaces nothing: a file with other bytes is kept, because people may have it, and that is
 * no failure.
 */
export async function attachFiles(
  target: Target,
  plan: GithubPlan,
  files: readonly AttachedFile[],
  step: Step,
): Promise<readonly Attachment[]> {
  step.signal.throwIfAborted();
  refuseNames(plan, files);
  if (plan.tag === undefined || files.length === 0) return [];
  const client = createClient(target, step.signal);
  const pace = createPace(step.signal, { sleep: target.sleep });
  const wanted = files.map(uploadOf);
  const state = await readState(client, { tag: plan.tag, sha: plan.sha });
  if (state.failure !== undefined) return allBlocked(wanted, state.failure.problem);
  const { commit, drafts, published } = state.value;
  const release = commit === plan.sha ? (published ?? drafts[0]) : undefined;
  if (release === undefined)
    return allBlocked(
      wanted,
      draftMissing(plan, 'cannot get the attached files', 'it has no draft'),
    );
  const place = { client, release, pace, plan, step };
  const attached = await attachAll(place, wanted);
  return attached.some(({ outcome }) => outcome === 'blocked')
    ? attached
    : [...attached, ...(await attachSums(place, attached))];
}

/** A release to add files to: our draft, or the published release. */
interface Place {
  readonly client: GithubClient;
  readonly release: ApiRelease;
  readonly pace: Pace;
  readonly plan: GithubPlan;
  readonly step: Step;
}

async function attachAll(
  { client, pace, release }: Place,
  wanted: readonly WantedAsset[],
): Promise<readonly Attachment[]> {
  return release.draft
    ? attachToDraft(client, release, wanted, pace)
    : attachToPublished(client, release, wanted, pace);
}

/** Adds the checksums of the files on GitHub, so that every run of a release gives the same ones. */
async function attachSums(
  place: Place,
  attached: readonly Attachment[],
): Promise<readonly Attachment[]> {
  const { client, plan, release, step } = place;
  const built = await readDigests(
    client,
    release.assets,
    plan.assets.map(({ name }) => name),
  );
  if (built.failure !== undefined) return [sumsBlocked(built.failure.problem)];
  // A draft that lacks files is not published, so it needs no checksums yet.
  if (built.value === undefined) return [];
  const others = attached.map(({ digest = '', name }) => ({ name, digest }));
  const content = Buffer.from(checksums([...built.value, ...others]));
  if (release.immutable === true && release.assets.every(({ name }) => name !== SUMS_FILE)) {
    const message = `${release.tag_name} is published and immutable, so it gets no ${SUMS_FILE}`;
    void step.emit({ publisher: plan.publisher, message, isNote: true });
    return [];
  }
  return attachAll(place, [uploadOf({ name: SUMS_FILE, content, mediaType: 'text/plain' })]);
}

function sumsBlocked(problem: Problem): Attachment {
  return { name: SUMS_FILE, outcome: 'blocked', problem };
}

function uploadOf({ content, mediaType, name }: AttachedFile): WantedAsset {
  return { name, content, mediaType, digest: `sha256:${sha256Hex(content)}` };
}

/** Throws `InvalidInputError` for a name that GitHub would change, or that an asset has already. */
function refuseNames({ assets }: GithubPlan, files: readonly AttachedFile[]): void {
  const taken = new Set([SUMS_FILE, ...assets.map(({ name }) => name)]);
  for (const [index, { content, name }] of files.entries()) {
    const isUsable = /^(?![.])[\w.+@~-]{1,200}(?<![.])$/.test(name);
    const expected = taken.has(name)
      ? 'a name that no other file of the release has'
      : 'a file name of letters, digits and . _ + @ ~ -';
    if (!isUsable || taken.has(name))
      throw new InvalidInputError({ field: `files[${index}].name`, received: name, expected });
    if (content.length === 0)
      throw new InvalidInputError({ field: `files[${index}].content`, expected: 'some bytes' });
    taken.add(name);
  }
}

function allBlocked(files: readonly WantedAsset[], problem: Problem): readonly Attachment[] {
  return files.map(({ name }) => ({ name, outcome: 'blocked', problem }));
}

async function attachToDraft(
  client: GithubClient,
  draft: ApiRelease,
  wanted: readonly WantedAsset[],
  pace: Pace,
): Promise<readonly Attachment[]> {
  const attached: Attachment[] = [];
  for (const file of wanted) {
    const { name, digest } = file;
    const completed = await completeDraft(client, draft, [file], pace);
    if (completed.problem !== undefined)
      attached.push({ name, outcome: 'blocked', problem: completed.problem });
    else
      attached.push({
        name,
        outcome: completed.value.uploaded.length > 0 ? 'attached' : 'already-there',
        digest,
      });
  }
  return attached;
}

async function attachToPublished(
  client: GithubClient,
  release: ApiRelease,
  wanted: readonly WantedAsset[],
  pace: Pace,
): Promise<readonly Attachment[]> {
  const compared = await compareAssets(client, release.assets, wanted);
  if (compared.failure !== undefined) return allBlocked(wanted, compared.failure.problem);
  const attached: Attachment[] = [];
  for (const [index, file] of wanted.entries()) {
    const found = compared.value[index];
    attached.push(
      found !== undefined && (found.state === 'same' || found.state === 'other')
        ? unchanged(found)
        : await add(client, release, file, pace),
    );
  }
  return attached;
}

function unchanged({ digest, name, state }: ComparedAsset): Attachment {
  const outcome = state === 'same' ? 'already-there' : 'kept';
  return { name, outcome, ...(digest === undefined ? {} : { digest }) };
}

/** Adds the file to a release that was published without it, unless the release is immutable. */
async function add(
  client: GithubClient,
  { id, immutable, tag_name: tag }: ApiRelease,
  file: WantedAsset,
  pace: Pace,
): Promise<Attachment> {
  const { digest, name } = file;
  const refused =
    immutable === true
      ? immutableRelease(tag, name)
      : (await uploadAsset(client, id, file, pace)).problem;
  return refused === undefined
    ? { name, outcome: 'attached', digest }
    : { name, outcome: 'blocked', problem: refused };
}

function immutableRelease(tag: string, name: string): Problem {
  return problem({
    code: 'github-release-immutable',
    kind: 'conflict',
    message: `The release ${tag} is published and immutable, so ${name} cannot be added to it.`,
    hint: 'The artifacts of the release are complete. Keep the file elsewhere; the next release has its own.',
  });
}
