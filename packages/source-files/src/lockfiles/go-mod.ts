import { folderOf, pathIn, type SourceFiles } from '@ameide/versioning-core';
import {
  compareGoVersions,
  downloadedModules,
  type GoLocalReplacement,
  type GoMod,
  type GoModuleReplacement,
  goModulePath,
  parseGoMod,
  parseGoWork,
} from '@ameide/versioning-core/go';
import { folderAt } from './folders.ts';
import type { LockedPackage, Lockfile } from './locked-package.ts';
import { LockfileError } from './lockfile-error.ts';

interface Module {
  readonly directory: string;
  readonly path: string;
  readonly mod: GoMod;
  /** Versions that only go.sum has: a go.mod of before Go 1.17 lists only what the module itself imports. */
  readonly summed: readonly Required[];
}

interface Required {
  readonly path: string;
  readonly version: string;
  readonly isDirect: boolean;
  readonly file: string;
  readonly line: number;
}

interface Replacements {
  readonly folder: string;
  readonly localReplacements: readonly GoLocalReplacement[];
  readonly moduleReplacements: readonly GoModuleReplacement[];
}

/**
 * Reads a go.mod as the build list of its module (https://go.dev/ref/mod#go-mod-file): since Go 1.17 it lists
 * every module that a build needs.
 */
export async function readGoMod(path: string, text: string, files: SourceFiles): Promise<Lockfile> {
  const module = await readModule(folderOf(path), text, files);
  const modules = new Map([[module.path, module]]);
  return goLockfile(path, modules, [], await namedFolders([module], [], files));
}

/**
 * Reads a go.work. Its modules are built together, each requirement in the highest version that one of
 * them asks for.
 */
export async function readGoWork(
  path: string,
  text: string,
  files: SourceFiles,
): Promise<Lockfile> {
  const folder = folderOf(path);
  const { localReplacements, moduleReplacements, uses } = parseGoWork(text);
  const modules: Module[] = [];
  for (const use of uses) {
    const directory = folderAt(folder, use);
    const goMod =
      directory === undefined ? undefined : await files.readText(pathIn(directory, 'go.mod'));
    if (directory === undefined || goMod === undefined) continue;
    modules.push(await readModule(directory, goMod, files));
  }
  if (uses.length === 0) throw new LockfileError('a use directive', 1);
  const own = [{ folder, localReplacements, moduleReplacements }];
  const named = await namedFolders(modules, own, files);
  return goLockfile(path, new Map(modules.map((one) => [one.path, one])), own, named);
}

/** The folders that a go.work uses, so that their go.mod files decide nothing alone. */
export function usedFolders(path: string, text: string): readonly string[] {
  return parseGoWork(text).uses.flatMap((use) => folderAt(folderOf(path), use) ?? []);
}

async function readModule(directory: string, text: string, files: SourceFiles): Promise<Module> {
  const mod = parseGoMod(text);
  const [error] = mod.errors;
  const path = goModulePath(text);
  if (error !== undefined)
    throw new LockfileError(`a go.mod that go can read (${error.reason})`, error.line);
  if (path === undefined) throw new LockfileError('a module directive', 1);
  return { directory, path, mod, summed: await summedOnly(directory, mod, files) };
}

async function summedOnly(
  directory: string,
  { goVersion = '1.16', requirements }: GoMod,
  files: SourceFiles,
): Promise<readonly Required[]> {
  const [, minor = '0'] = goVersion.split('.');
  if (!goVersion.startsWith('1.') || Number(minor) >= 17) return [];
  const file = pathIn(directory, 'go.sum');
  const listed = new Set(requirements.map(({ path }) => path));
  const downloaded = downloadedModules((await files.readText(file)) ?? '');
  return downloaded
    .filter(({ path }) => !listed.has(path))
    .map((one) => ({ ...one, file, isDirect: false }));
}

/** The module paths of the folders that replace others. */
async function namedFolders(
  modules: readonly Module[],
  more: readonly Replacements[],
  files: SourceFiles,
): Promise<ReadonlySet<string>> {
  const all = [...modules.map(replacementsOf), ...more];
  const found = new Set<string>();
  for (const { folder, localReplacements } of all)
    for (const { folder: written } of localReplacements) {
      const target = folderAt(folder, written);
      const goMod =
        target === undefined ? undefined : await files.readText(pathIn(target, 'go.mod'));
      if (target !== undefined && goMod !== undefined) found.add(target);
    }
  return found;
}

function replacementsOf({ directory, mod }: Module): Replacements {
  return { folder: directory, ...mod };
}

/** `shared` replacements are those of a go.work: they win over those of its modules. */
function goLockfile(
  path: string,
  modules: ReadonlyMap<string, Module>,
  shared: readonly Replacements[],
  folders: ReadonlySet<string>,
): Lockfile {
  const all = [...modules.values()];
  const replacements = [...shared, ...all.map(replacementsOf)];
  const highest = highestOf(all);
  const projects = new Map(all.map((one) => [one.directory, one] as const));
  return {
    path,
    kind: 'go',
    projects: [...projects.keys()],
    packagesOf(project) {
      const module = projects.get(project);
      if (module === undefined) return [];
      const needed = neededBy(module, modules);
      return [...needed.values()].flatMap((one) =>
        one.path === module.path
          ? []
          : chosen(
              { ...(highest.get(one.path) ?? one), isDirect: one.isDirect },
              { modules, replacements, folders },
            ),
      );
    },
  };
}

function requirementsOf({ directory, mod, summed }: Module): readonly Required[] {
  const file = pathIn(directory, 'go.mod');
  const required = mod.requirements.map(({ isIndirect, line, path, version }) => ({
    path,
    version,
    line,
    file,
    isDirect: !isIndirect,
  }));
  return [...required, ...summed];
}

function highestOf(modules: readonly Module[]): ReadonlyMap<string, Required> {
  const highest = new Map<string, Required>();
  for (const one of modules.flatMap((module) => requirementsOf(module))) {
    const known = highest.get(one.path);
    if (known === undefined || compareGoVersions(one.version, known.version) > 0)
      highest.set(one.path, one);
  }
  return highest;
}

/** What a module requires, and what the modules that it gets from the workspace require. */
function neededBy(
  module: Module,
  modules: ReadonlyMap<string, Module>,
): ReadonlyMap<string, Required> {
  const needed = new Map<string, Required>();
  const open = [{ module, isOwn: true }];
  for (const { isOwn, module } of open)
    for (const one of requirementsOf(module)) {
      if (needed.has(one.path)) continue;
      needed.set(one.path, isOwn ? one : { ...one, isDirect: false });
      const linked = modules.get(one.path);
      if (linked !== undefined) open.push({ module: linked, isOwn: false });
    }
  return needed;
}

interface Choice {
  readonly modules: ReadonlyMap<string, Module>;
  readonly replacements: readonly Replacements[];
  readonly folders: ReadonlySet<string>;
}

function chosen(
  { file, isDirect, line, path: name, version }: Required,
  { folders, modules, replacements }: Choice,
): LockedPackage {
  const entry = { ecosystem: 'go', name, path: file, line, isDirect } as const;
  const linked = modules.get(name);
  if (linked !== undefined)
    return { ...entry, version, source: 'workspace', directory: linked.directory };
  const concerns = (one: { readonly path: string; readonly version?: string }): boolean =>
    one.path === name && (one.version ?? version) === version;
  for (const { folder, localReplacements, moduleReplacements } of replacements) {
    const local = localReplacements.find(concerns);
    const directory = local === undefined ? undefined : folderAt(folder, local.folder);
    if (local !== undefined)
      return directory !== undefined && folders.has(directory)
        ? { ...entry, version, source: 'workspace', directory }
        : { ...entry, version: local.folder, source: 'other' };
    const other = moduleReplacements.find(concerns);
    if (other !== undefined)
      return { ...entry, name: other.by.path, version: other.by.version, source: 'registry' };
  }
  return { ...entry, version, source: 'registry' };
}
