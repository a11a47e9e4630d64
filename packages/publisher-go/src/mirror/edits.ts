import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inParallel } from '@ameide/publisher-kit';
import { readText, type TreeStore } from '@ameide/publisher-kit/go';
import {
  failed,
  ok,
  type Release,
  type RequiredArtifact,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import {
  compareGoVersions,
  editGoMod,
  editGoSum,
  type GoLocalReplacement,
  type GoMod,
  type GoSums,
  parseGoMod,
  withoutModules,
} from '@ameide/versioning-core/go';
import { type LinkedModules, mirroredMembers } from '../module/members.ts';
import type { CheckoutFile } from './checkout-files.ts';
import type { LeftOut } from './left-out.ts';
import type { MirrorPlan } from './plan.ts';
import { listPaths, writeTree } from './tree.ts';

/** The files that name other modules. */
const NAMING_FILES = ['go.mod', 'go.sum'] as const;

/** How a mirror's files differ from those of the source commit. */
export interface MirrorEdits {
  /** Every other module of the release that has a mirror. */
  readonly all: readonly string[];
  /** Those that the module requires: go.mod gets their version of this release. */
  readonly required: readonly string[];
  /** `replace` directives that are removed: the mirror does not have their folder. */
  readonly unreplaced: readonly GoLocalReplacement[];
  /** Files and folders that the mirror does not get. */
  readonly leftOut: readonly string[];
  /** As in `LinkedModules`. */
  readonly inWorkspace: boolean;
}

/** Returns the edits of a mirror; undefined if it has the source commit's files. Pure. */
export function mirrorEdits(
  modulePath: string,
  { linked, leftOut }: { readonly linked: LinkedModules; readonly leftOut: LeftOut },
  release: Pick<Release, 'channel' | 'members'>,
): MirrorEdits | undefined {
  const all = mirroredMembers(modulePath, release).toSorted();
  const required = all.filter((path) => linked.required.includes(path));
  const unreplaced = linked.replaced.filter(
    (one) => all.includes(one.path) || leftOut.replacements.includes(one),
  );
  const changesGoMod = required.length + unreplaced.length > 0;
  const isStale = leftOut.vendor === 'stale' || (leftOut.vendor !== 'absent' && changesGoMod);
  const paths = [...leftOut.workspace, ...(isStale ? ['vendor'] : [])];
  if (!changesGoMod && paths.length === 0) return undefined;
  return { all, required, unreplaced, leftOut: paths, inWorkspace: linked.inWorkspace };
}

/** Paths that may differ before the build. */
export function editedPaths({ leftOut }: MirrorEdits): readonly string[] {
  return [...NAMING_FILES, ...leftOut];
}

export interface EditedTree {
  readonly tree: string;
  /** The modules of the release that its go.mod requires. */
  readonly members: readonly RequiredArtifact[];
}

/**
 * Writes the versions and checksums of this release's other modules into go.mod and go.sum of a
 * tree, as `go mod tidy` would once they are published, and leaves out what a clone of the mirror
 * cannot use. Returns the new tree.
 */
export async function makeEdits(
  tree: string,
  edits: MirrorEdits,
  {
    plan,
    step,
    store,
  }: { readonly plan: MirrorPlan; readonly step: Step; readonly store: TreeStore },
): Promise<Result<EditedTree>> {
  const answers = await inParallel(plan.requires ?? [], (one) => step.resolve(one));
  const [problem, ...more] = answers.flatMap(({ problems = [] }) => problems);
  if (problem !== undefined) return failed(problem, ...more);
  const required = answers.flatMap(({ value }) => value ?? []);
  const members = highestOf(required);
  const texts = await inParallel(NAMING_FILES, (path) => readText(tree, path, store));
  const { goMod, goSum } = edit(members, edits, { goMod: texts[0] ?? '', goSum: texts[1] ?? '' });
  const edited = members.size === 0 ? { 'go.mod': goMod } : { 'go.mod': goMod, 'go.sum': goSum };
  const files = await writeFiles(edited, step);
  const indirect = await resolveIndirect(required, plan, step);
  const written = await writeTree(tree, edits.leftOut, files, store);
  return ok({ tree: written, members: [...required, ...indirect] });
}

/**
 * Returns what is only required indirectly, with its files. What is not part of this run is on its
 * mirror already.
 */
async function resolveIndirect(
  required: readonly RequiredArtifact[],
  { coordinates }: MirrorPlan,
  step: Step,
): Promise<readonly RequiredArtifact[]> {
  const direct = new Set(required.map(({ coordinate }) => coordinate.name));
  const names = new Set(required.flatMap((one) => one.requires.map((two) => two.coordinate.name)));
  // All modules of a release have the same version or query.
  const version = coordinates[0]?.version ?? '';
  const others = [...names].filter((name) => !direct.has(name));
  const answers = await inParallel(others, (name) =>
    step.resolve({ ecosystem: 'go', name, version }),
  );
  return answers.flatMap(({ value }) => value ?? []);
}

/** Returns every module that is required, also indirectly, in its highest version, as `go` selects. */
function highestOf(required: readonly RequiredArtifact[]): ReadonlyMap<string, GoSums> {
  const highest = new Map<string, GoSums>();
  for (const { coordinate, checksums } of required.flatMap((one) => [one, ...one.requires])) {
    const { name: path, version } = coordinate;
    const sums = { version, zip: checksums['zip'] ?? '', goMod: checksums['go.mod'] ?? '' };
    const other = highest.get(path);
    if (other === undefined || compareGoVersions(version, other.version) > 0)
      highest.set(path, sums);
  }
  return new Map([...highest].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

interface Texts {
  readonly goMod: string;
  readonly goSum: string;
}

function edit(
  members: ReadonlyMap<string, GoSums>,
  edits: MirrorEdits,
  { goMod, goSum }: Texts,
): Texts {
  const parsed = parseGoMod(goMod);
  const changed = parsed.requirements.filter(({ path, version }) => {
    const member = members.get(path)?.version;
    if (member === undefined) return false;
    return edits.required.includes(path) || compareGoVersions(member, version) > 0;
  });
  const versions = new Map(
    changed.map(({ path }) => [path, members.get(path)?.version ?? ''] as const),
  );
  const added = missingFrom(parsed, edits, [...members.keys()]);
  const wanted = {
    versions,
    unreplaced: edits.unreplaced,
    added: new Map(added.map((path) => [path, members.get(path)?.version ?? ''] as const)),
  };
  const isListed = (path: string): boolean =>
    !listsEverything(parsed) || versions.has(path) || added.includes(path);
  const sums = new Map([...members].filter(([path]) => isListed(path)));
  const replaced = new Map(changed.map(({ path, version }) => [path, version] as const));
  return { goMod: editGoMod(goMod, wanted), goSum: editGoSum(goSum, sums, replaced) };
}

/**
 * Returns the modules that a go.mod lacks. Since Go 1.17 it lists what is needed indirectly, too; one that
 * is only ever built in a workspace may not.
 */
function missingFrom(
  parsed: GoMod,
  { inWorkspace }: MirrorEdits,
  paths: readonly string[],
): readonly string[] {
  if (!inWorkspace || !listsEverything(parsed)) return [];
  return paths.filter((path) => parsed.requirements.every((one) => one.path !== path));
}

// https://go.dev/ref/mod#graph-pruning
function listsEverything({ goVersion = '1.16' }: GoMod): boolean {
  const [major = 0, minor = 0] = goVersion.split('.').map(Number);
  return major > 1 || minor >= 17;
}

async function writeFiles(
  files: Readonly<Record<string, string>>,
  { workspace }: Step,
): Promise<readonly CheckoutFile[]> {
  const folder = join(workspace, 'naming-files');
  await mkdir(folder, { recursive: true });
  return inParallel(Object.entries(files), async ([path, text]) => {
    const absolute = join(folder, path);
    await writeFile(absolute, text);
    return { path, absolute, mode: 'file' as const, size: text.length };
  });
}

/**
 * True if two trees have the same edits, whatever the versions and checksums of the release's
 * modules. With `version`, the second tree has to require that one.
 */
export async function areEditedAlike(
  ours: string,
  theirs: string,
  {
    edits,
    store,
    version,
  }: {
    readonly edits: MirrorEdits;
    readonly store: TreeStore;
    readonly version?: string | undefined;
  },
): Promise<boolean> {
  const left = await listPaths(theirs, edits.leftOut, store);
  if (left.length > 0) return false;
  const read = (tree: string, path: string): Promise<string> =>
    readText(tree, path, store).then((text = '') => text);
  const [ourMod, theirMod] = [await read(ours, 'go.mod'), await read(theirs, 'go.mod')];
  const [ourSum, theirSum] = [await read(ours, 'go.sum'), await read(theirs, 'go.sum')];
  const versions = new Map(
    parseGoMod(theirMod)
      .requirements.filter(({ path }) => edits.all.includes(path))
      .map((one) => [one.path, one.version] as const),
  );
  if (version !== undefined && edits.required.some((path) => versions.get(path) !== version))
    return false;
  const missing = missingFrom(parseGoMod(ourMod), edits, [...versions.keys()].toSorted());
  const edited = editGoMod(ourMod, {
    versions,
    unreplaced: edits.unreplaced,
    added: new Map(missing.map((path) => [path, versions.get(path) ?? ''] as const)),
  });
  return (
    edited === theirMod && withoutModules(ourSum, edits.all) === withoutModules(theirSum, edits.all)
  );
}
