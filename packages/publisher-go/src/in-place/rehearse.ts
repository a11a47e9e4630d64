import type { RemoteFailure } from '@ameide/publisher-kit';
import { readText, type TreeStore } from '@ameide/publisher-kit/go';
import {
  type ArtifactContents,
  type ContentFile,
  failed,
  isBelow,
  ok,
  pathBelow,
  pathIn,
  type Rehearsal,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { decideGoZip, goTagPrefix, listGoVersions, parseGoMod } from '@ameide/versioning-core/go';
import type { PushAccess } from '../access.ts';
import { hasObject, listPaths } from '../mirror/tree.ts';
import { listArchived } from '../module/archive.ts';
import { lowerVersions } from '../module/lower-versions.ts';
import { readVersion, unreadable } from '../problems.ts';
import { namedBy } from './inspect.ts';
import type { StoreOf } from './object-store.ts';
import type { InPlaceModule, InPlacePlan } from './plan.ts';

interface Rehearsing {
  readonly module: InPlaceModule;
  readonly access: PushAccess;
  readonly storeOf: StoreOf;
}

/** Lists the files of the module at the plan's commit, and at the version before it. */
export async function rehearseInPlace(
  plan: InPlacePlan,
  rehearsing: Rehearsing,
  step: Step,
): Promise<Rehearsal> {
  const { access, module, storeOf } = rehearsing;
  const { gitDirectory } = await storeOf(step);
  const store = { gitDirectory, processes: access.processes, signal: step.signal };
  const [version = ''] = plan.coordinates.map((one) => one.version);
  const built = await contentsOf({ version, commit: plan.sha }, module, store);
  if (built === undefined) throw new Error(`${plan.sha} has no module in ${module.directory}`);
  return { built: [built], published: await readPublished(plan, { access, module, store }) };
}

type Reading = Pick<Rehearsing, 'access' | 'module'> & { readonly store: TreeStore };

/** Only tags are versions here: nobody publishes a dev build. */
async function readPublished(
  plan: InPlacePlan,
  { access, module, store }: Reading,
): Promise<Result<readonly ArtifactContents[]>> {
  const { remote } = access;
  const prefix = `refs/tags/${goTagPrefix(module)}`;
  const answer = await remote.lsRemote([`${prefix}v*`], { signal: store.signal });
  if ('failure' in answer) return failed(unreadable(plan.registry, answer.failure));
  const tags = answer.refs.map(({ ref }) => ref.slice('refs/tags/'.length));
  const own = plan.coordinates.map(({ version }) => version);
  const before = own.flatMap((version) => lowerVersions(version, listGoVersions(tags, module)));
  for (const version of [...own, ...before]) {
    const ref = `${prefix}${version}`;
    const commit = namedBy(ref, answer.refs);
    if (commit === undefined) continue;
    const failure = await fetchMissing({ ref, commit }, remote, store);
    if (failure !== undefined) return failed(unreadable(plan.registry, failure));
    const read = await readVersion(version, plan.registry, () =>
      contentsOf({ version, commit }, module, store),
    );
    if (read.problems !== undefined) return read;
    if (read.value !== undefined) return ok([read.value]);
  }
  return ok([]);
}

/** A tag may be on the host alone: a release pushes it there, and does not set it in this clone. */
async function fetchMissing(
  { ref, commit }: { readonly ref: string; readonly commit: string },
  remote: PushAccess['remote'],
  store: TreeStore,
): Promise<RemoteFailure | undefined> {
  if (await hasObject(commit, store)) return undefined;
  const fetched = await remote.fetch(store.gitDirectory, [ref], { signal: store.signal });
  if ('failure' in fetched) return fetched.failure;
  if (await hasObject(commit, store)) return undefined;
  return { kind: 'unreachable', message: `${ref} did not hold ${commit}` };
}

/** Undefined if the commit has no module in that folder: then its tag is no version of it. */
async function contentsOf(
  { commit, version }: { readonly commit: string; readonly version: string },
  { directory, modulePath }: InPlaceModule,
  store: TreeStore,
): Promise<ArtifactContents | undefined> {
  const manifest = await readText(commit, pathIn(directory, 'go.mod'), store);
  if (manifest === undefined) return undefined;
  const inFolder = await listModule(commit, directory, store);
  const { files } = decideGoZip(
    inFolder.map((file) => ({ ...file, mode: file.kind ?? ('file' as const) })),
    parseGoMod(manifest).goVersion,
  );
  return {
    coordinate: { ecosystem: 'go', name: modulePath, version },
    part: 'module',
    digest: commit,
    manifest,
    // Without kinds: a module's zip has neither links nor modes.
    files: files.map(({ digest, path, size }) => ({ digest, path, size })),
  };
}

/**
 * Lists everything in the module's folder. One in a sub-directory without a LICENSE gets the
 * repository's (cmd/go/internal/modfetch/coderepo.go, `Zip`).
 */
async function listModule(
  commit: string,
  directory: string,
  store: TreeStore,
): Promise<readonly ContentFile[]> {
  if (directory === '') return listArchived(commit, [], store);
  const licence = await listPaths(commit, [LICENCE], store);
  const listed = await listArchived(commit, [directory, ...licence], store);
  const own = listed
    .filter(({ path }) => isBelow(directory, path))
    .map((file) => ({ ...file, path: pathBelow(directory, file.path) }));
  const isLicence = ({ path }: ContentFile): boolean => path === LICENCE;
  return own.some(isLicence) ? own : [...own, ...listed.filter(isLicence)];
}

const LICENCE = 'LICENSE';
