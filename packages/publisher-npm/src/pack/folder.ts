import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArchiveEntry, inParallel, type Processes } from '@ameide/publisher-kit';
import { openWorkspace, type PackageWorkspace } from '@ameide/source-files/npm';
import {
  failed,
  InvalidInputError,
  inputProblem,
  ok,
  type Problem,
  problem,
  type Result,
  type SourceTree,
} from '@ameide/versioning-core';
import { formatNpm } from '../manifest/name.ts';
import { configOf, publishedDirectory, readManifest } from '../manifest/read.ts';
import type { Registry } from '../manifest/registry.ts';
import { rewriteManifest } from '../manifest/rewrite.ts';
import { openScope } from '../manifest/scope.ts';
import { scriptsBeforePacking } from '../manifest/scripts.ts';
import type { NpmPlan } from '../plan.ts';
import { runBuild } from './build-program.ts';
import type { ChosenFile, PackageFolder } from './choose-files.ts';
import { committedFiles } from './committed-files.ts';
import type { Packed, Packer } from './packer.ts';
import { type PackageReader, readPackage } from './read-package.ts';
import { stampCheckout, unstampInside } from './stamp-checkout.ts';

export interface FolderOptions {
  /** Relative to the repository root; `''` for the root. */
  readonly directory: string;
  readonly build?: readonly [string, ...string[]];
  readonly registry: Registry;
  readonly provenance: boolean;
  readonly processes: Processes;
}

/**
 * Opens a package that is a folder of the repository. Throws `InvalidInputError` if its
 * package.json is wrong.
 */
export async function openFolder(
  source: SourceTree,
  { build, directory, processes, provenance, registry }: FolderOptions,
): Promise<Packer & { readonly access: unknown }> {
  const { json, name, path } = await readManifest(source, directory, { registry, provenance });
  const workspace = await openWorkspace(source, directory);
  const scope = await openScope(workspace, { json, name, path }, directory);
  const published = publishedDirectory(json, directory, path);
  const folder = {
    directory: published,
    workspaceRoot: workspace.settings.root,
    isMember: published === directory && workspace.isMember(directory),
    isOfProject: workspace.isProject(directory),
    isProject: (other: string) => workspace.isProject(other),
    ...(await npmMembers(workspace, published)),
    packer: workspace.settings.packer,
    toolFiles: workspace.settings.toolFiles,
  };
  const reader = { registry, provenance, scope, embedsReadme: workspace.settings.embedsReadme };
  // A build sees the release's version in all packages of the release.
  const packages = build === undefined ? [] : await workspace.packages();
  const stamping = { directory, packages, scope, processes };
  return {
    name,
    directory: published,
    buildsFrom: build === undefined ? 'checkout' : 'own-checkout',
    isReproducible: build === undefined,
    access: configOf(json)['access'],
    ...(build === undefined
      ? { skippedScripts: scriptsBeforePacking(json) }
      : {
          program: build[0],
          buildKey: ({ stamp }) => JSON.stringify({ npm: { build, directory, stamp } }),
        }),
    manifest: (stamp) => rewriteManifest(json, stamp, scope(stamp)),
    committedFiles: async (plan, step) => committedFiles(folder, reader, plan, step),
    pack: async (plan, step) =>
      withoutInvalidInput(plan, async () => {
        const { checkout, hasRun = false } = step;
        if (build !== undefined && !hasRun) {
          const stamped = await stampCheckout(stamping, checkout, plan.stamp);
          const failure = await runBuild(processes, build, directory, plan, step);
          if (failure !== undefined) return failed(failure);
          await unstampInside(published, stamped);
        }
        return packFolder({ ...folder, root: checkout }, reader, plan);
      }),
  };
}

/** npm treats the packages below the root of a workspace in another way than other folders. */
async function npmMembers(
  workspace: PackageWorkspace,
  directory: string,
): Promise<{ readonly members?: readonly string[] }> {
  const { packer, root } = workspace.settings;
  if (packer !== 'npm' || directory !== root || !workspace.isProject(root)) return {};
  const others = (await workspace.packages()).filter((one) => one.directory !== root);
  return { members: others.map((one) => one.directory) };
}

async function packFolder(
  folder: PackageFolder,
  reader: PackageReader,
  plan: NpmPlan,
): Promise<Result<Packed>> {
  const content = await readPackage(folder, reader, plan);
  if (content === undefined) return failed(noManifest(folder.directory, plan));
  return ok({ ...content, files: await readFiles(folder.root, content.files) });
}

/** The commit's package.json was valid, so the build or `prepare` made the invalid one. */
async function withoutInvalidInput(
  plan: NpmPlan,
  pack: () => Promise<Result<Packed>>,
): Promise<Result<Packed>> {
  try {
    return await pack();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const coordinate = formatNpm(plan);
    return failed(inputProblem(error, { kind: 'incomplete', rerun: 'after-fix', coordinate }));
  }
}

async function readFiles(
  root: string,
  files: readonly ChosenFile[],
): Promise<readonly ArchiveEntry[]> {
  return inParallel(files, async ({ executable, from, path }) => {
    const file = join(root, from);
    const { mode } = await lstat(file);
    return { path, content: { file }, executable: executable ?? (mode & 0o111) !== 0 };
  });
}

function noManifest(directory: string, plan: NpmPlan): Problem {
  return problem({
    code: 'npm-manifest',
    kind: 'incomplete',
    message: `There is no package.json in ${directory}, the folder that ${formatNpm(plan)} is packed from.`,
    hint: 'The build must create one there. A folder that publishConfig.directory names is a package itself: https://pnpm.io/package_json#publishconfigdirectory.',
    coordinate: formatNpm(plan),
    path: directory,
    rerun: 'after-fix',
  });
}
