import { readFile } from 'node:fs/promises';
import { listMembers, sha256Hex, tarGzMembers, zipMembers } from '@ameide/publisher-kit';
import {
  type ArtifactContents,
  type ContentFile,
  type Coordinate,
  decidePointer,
  failed,
  ok,
  type Rehearsal,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { type ApiRelease, createClient, type GithubClient } from './api/client.ts';
import type { Target } from './options.ts';
import type { GithubBuilt, GithubPlan, PlannedAsset } from './plan.ts';
import { cannotRead } from './problems.ts';
import { ourDrafts } from './release-state.ts';
import { type TaggedPlan, versionOfTag } from './tag-version.ts';

/** Lists the contents of the built files, and of the files of the release to compare them with. */
export async function rehearseRelease(
  target: Target,
  plan: GithubPlan,
  built: GithubBuilt,
  { signal }: Step,
): Promise<Rehearsal> {
  const [coordinate] = plan.coordinates;
  const { tag } = plan;
  if (coordinate === undefined || tag === undefined || plan.assets.length === 0)
    return { built: [], published: ok([]) };
  const ours: ArtifactContents[] = [];
  for (const asset of plan.assets) {
    const made = built.assets.find(({ name }) => name === asset.name);
    if (made === undefined) throw new TypeError(`a build of this plan has ${asset.name}`);
    ours.push(await contentsOf(coordinate, asset, await readFile(made.file), signal));
  }
  const client = createClient(target, signal);
  return { built: ours, published: await readPublished(client, { ...plan, tag }, signal) };
}

async function readPublished(
  client: GithubClient,
  plan: TaggedPlan,
  signal: AbortSignal,
): Promise<Result<readonly ArtifactContents[]>> {
  const listed = await client.releases();
  if (listed.failure !== undefined) return failed(listed.failure.problem);
  const release = chooseRelease(listed.value, plan);
  if (release === undefined) return ok([]);
  const contents: ArtifactContents[] = [];
  const coordinate = {
    ecosystem: 'github',
    name: plan.repository,
    version: release.tag_name,
  } as const;
  const version = versionOfTag(release.tag_name, plan)?.version ?? plan.version;
  for (const asset of plan.assets) {
    const name = asset.part.replaceAll('{version}', version);
    const found = release.assets.find((one) => one.name === name && one.state === 'uploaded');
    if (found === undefined) continue;
    const bytes = await client.download(found.id);
    if (bytes.failure !== undefined) return failed(bytes.failure.problem);
    try {
      contents.push(await contentsOf(coordinate, asset, bytes.value, signal));
    } catch {
      signal.throwIfAborted();
      return failed(cannotRead(plan.repository, release.tag_name, name));
    }
  }
  return ok(contents);
}

/**
 * Chooses this release, published or as our draft; else the highest published one before it. A stable
 * version is compared with stable ones alone.
 */
function chooseRelease(releases: readonly ApiRelease[], plan: TaggedPlan): ApiRelease | undefined {
  const own =
    releases.find(({ draft, tag_name }) => !draft && tag_name === plan.tag) ??
    ourDrafts(releases, { tag: plan.tag, sha: plan.sha })[0];
  if (own !== undefined) return own;
  let best: { readonly release: ApiRelease; readonly version: string } | undefined;
  for (const release of releases) {
    const found = release.draft ? undefined : versionOfTag(release.tag_name, plan);
    if (found === undefined || (!plan.isPrerelease && !found.isStable)) continue;
    const { version } = found;
    if (isHigher(version, plan.version)) continue;
    if (best === undefined || isHigher(version, best.version)) best = { release, version };
  }
  return best?.release;
}

function isHigher(version: string, other: string): boolean {
  const ours = { version: other, sha: '' };
  return decidePointer('forwards', { version }, ours, 'unknown') === 'superseded';
}

async function contentsOf(
  coordinate: Coordinate,
  { kind, part }: PlannedAsset,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<ArtifactContents> {
  const digest = `sha256:${sha256Hex(bytes)}`;
  const single: ContentFile = { path: part, size: bytes.length, digest };
  const files = kind === 'file' ? [single] : await membersOf(kind, bytes, signal);
  return { coordinate, part, digest, manifest: `name: ${part}\nkind: ${kind}`, files };
}

/** Removes the top folder, whose name has the version: in a module's zip, the path up to the version. */
async function membersOf(
  kind: 'folder' | 'goModule',
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<readonly ContentFile[]> {
  return kind === 'folder'
    ? listMembers(tarGzMembers(bytes, signal), (path) => path.replace(/^[^/]+\//, ''))
    : listMembers(zipMembers(bytes), (path) => path.replace(/^[^@]+@[^/]+\//, ''));
}
