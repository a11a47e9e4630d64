import { posix } from 'node:path';
import { inParallel } from '@ameide/publisher-kit';
import { folderOf, pathIn, type Release, type SourceTree } from '@ameide/versioning-core';
import {
  type GoLocalReplacement,
  type GoMod,
  goModulePath,
  isDownloadablePath,
  isPlaceholderVersion,
  matchesPathMajor,
  parseGoMod,
  parseGoModulePath,
  parseGoWork,
} from '@ameide/versioning-core/go';

/** What the builds of a module take from other folders of its repository. */
export interface LinkedModules {
  /** Modules that its go.mod requires, but that are built from a folder. */
  readonly required: readonly string[];
  /** Modules that its go.mod replaces by a folder, required or not. */
  readonly replaced: readonly GoLocalReplacement[];
  /** True if a go.work links the modules. Then no go.mod has to be complete. */
  readonly inWorkspace: boolean;
}

/**
 * Finds the requirements of a go.mod that its own builds take from a folder: by a `replace`, by a
 * go.work, or because the version is a placeholder. Every other one means the published version.
 */
export async function readLinkedModules(
  source: SourceTree,
  directory: string,
  { requirements, localReplacements }: GoMod,
): Promise<LinkedModules> {
  const inWorkspace = requirements.length === 0 ? [] : await workspaceModules(source, directory);
  const isLinked = ({ path, version, replacedByFolder }: GoMod['requirements'][number]): boolean =>
    replacedByFolder || isPlaceholderVersion(version) || inWorkspace.includes(path);
  const required = requirements.filter(isLinked).map(({ path }) => path);
  return {
    required: [...new Set(required)],
    replaced: localReplacements,
    inWorkspace: inWorkspace.length > 0,
  };
}

/** Returns the modules that the nearest go.work links to this one; none if it leaves this one out. */
async function workspaceModules(source: SourceTree, directory: string): Promise<readonly string[]> {
  const { folder, text } = (await nearestGoWork(source, directory)) ?? {};
  if (folder === undefined || text === undefined) return [];
  const { uses, localReplacements } = parseGoWork(text);
  const folders = uses.map((use) => posix.join(folder, use).replace(/^\.$|\/$/, ''));
  if (!folders.includes(directory)) return [];
  const paths = await inParallel(folders, async (one) => {
    const goMod = await source.readText(pathIn(one, 'go.mod'));
    return goMod === undefined ? [] : (goModulePath(goMod) ?? []);
  });
  return [...paths.flat(), ...localReplacements.map(({ path }) => path)];
}

async function nearestGoWork(
  source: SourceTree,
  directory: string,
): Promise<{ readonly folder: string; readonly text: string } | undefined> {
  const text = await source.readText(pathIn(directory, 'go.work'));
  if (text !== undefined) return { folder: directory, text };
  return directory === '' ? undefined : nearestGoWork(source, folderOf(directory));
}

/** Returns the paths of the release's other modules that have a mirror. */
export function mirroredMembers(
  modulePath: string,
  { channel, members }: Pick<Release, 'channel' | 'members'>,
): readonly string[] {
  const mirrored = members.filter(
    ({ ecosystem, mirror, name }) =>
      ecosystem === 'go' && mirror !== undefined && name !== modulePath,
  );
  // The plan of a module that cannot have this version reports it.
  const canHave = (path: string): boolean =>
    !('base' in channel) || matchesPathMajor(`v${channel.base}`, parseGoModulePath(path).major);
  return mirrored.map(({ name }) => name).filter(canHave);
}

/**
 * Returns the way by which a module requires itself through other modules of the release, beginning
 * and ending with it; undefined if it does not.
 */
export async function findCycle(
  modulePath: string,
  { all, required }: { readonly all: readonly string[]; readonly required: readonly string[] },
  source: SourceTree,
): Promise<readonly string[] | undefined> {
  const folders = await moduleFolders(source);
  const seen = new Set<string>();
  const ways = required.map((path) => [modulePath, path]);
  for (const way of ways) {
    const last = way.at(-1) ?? '';
    if (last === modulePath) return way;
    const folder = folders.get(last);
    if (folder === undefined || seen.has(last)) continue;
    seen.add(last);
    const text = (await source.readText(pathIn(folder, 'go.mod'))) ?? '';
    const linked = await readLinkedModules(source, folder, parseGoMod(text));
    const next = linked.required.filter((path) => path === modulePath || all.includes(path));
    ways.push(...next.map((path) => [...way, path]));
  }
  return undefined;
}

/** Returns the folder of each module in the repository, by its path; none of `module tools`, which nobody can require. */
export async function moduleFolders(source: SourceTree): Promise<ReadonlyMap<string, string>> {
  const goMods = (await source.list('')).filter(({ path }) => /(?:^|\/)go\.mod$/.test(path));
  const found = await inParallel(goMods, async ({ path }) => {
    const name = goModulePath((await source.readText(path)) ?? '');
    return name === undefined || !isDownloadablePath(name)
      ? []
      : [[name, path.replace(/\/?go\.mod$/, '')] as const];
  });
  // The nearest to the root wins, over copies in test data.
  return new Map(found.flat().toSorted(([, a], [, b]) => b.length - a.length));
}
