import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArchiveEntry, type Processes, processProblem } from '@ameide/publisher-kit';
import {
  failed,
  ok,
  type Problem,
  type Release,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';
import packlist from 'npm-packlist';
import { formatNpm } from '../inspect.ts';
import type { RangeScope } from '../manifest/range-scope.ts';
import { readManifest } from '../manifest/read.ts';
import { needsWorkspace, rewriteManifest } from '../manifest/rewrite.ts';
import { scriptsBeforePacking } from '../manifest/scripts.ts';
import type { Registry } from '../options.ts';
import type { NpmPlan } from '../plan.ts';
import { isMember, NO_WORKSPACE, readSettings, readWorkspace } from '../workspace/workspace.ts';
import { commandFiles } from './named-files.ts';
import type { Packer } from './packer.ts';

export interface FolderPackage {
  /** Relative to the repository root; `''` for the root. */
  readonly directory: string;
  readonly build?: readonly [string, ...string[]];
  readonly registry: Registry;
  readonly processes: Processes;
}

/**
 * A package that is a folder of the repository. Reads its manifest, and those of the workspace's
 * packages when a range refers to them.
 */
export async function openFolder(
  source: SourceTree,
  target: FolderPackage,
): Promise<Packer & { readonly access: unknown }> {
  const { directory, build } = target;
  const { name, path, json } = await readManifest(source, directory, target.registry);
  const settings = await readSettings(source);
  const isWorkspacePackage = directory !== '' && isMember(directory, settings.globs);
  const linksPlainRanges =
    settings.linksPlainRanges &&
    (isWorkspacePackage || (directory === '' && settings.globs.length > 0));
  const workspace = needsWorkspace(json, linksPlainRanges)
    ? await readWorkspace(source, settings)
    : NO_WORKSPACE;
  const scope = {
    directory,
    manifestPath: path,
    ...workspace,
    linksPlainRanges,
    isPnpm: settings.isPnpm,
  };
  const config = json['publishConfig'] as { readonly access?: unknown } | undefined;
  return {
    name,
    buildsFrom: build === undefined ? 'checkout' : 'own-checkout',
    access: config?.access,
    ...(build === undefined
      ? { skippedScripts: scriptsBeforePacking(json) }
      : { program: build[0] }),
    manifest: (release) => rewriteManifest(json, stampOf(release), scopeOf(release, scope)),
    async files(plan, step) {
      const folder = join(step.checkout, directory);
      const problem =
        build === undefined
          ? undefined
          : await runBuild(target.processes, build, folder, plan, step);
      return problem === undefined
        ? ok(await readListed(folder, plan, isWorkspacePackage ? step.checkout : undefined))
        : failed(problem);
    },
  };
}

export function stampOf(release: Release): {
  version: string;
  gitHead: string;
  repository?: string;
} {
  const { repository } = release;
  // `published`: the registry drops build metadata, and everything derived from the manifest must
  // agree with what it keeps.
  return {
    version: release.versions.npm.version,
    gitHead: release.canonical.sha,
    ...(repository === undefined ? {} : { repository }),
  };
}

function scopeOf(release: Release, scope: Omit<RangeScope, 'memberVersion'>): RangeScope {
  const members = new Set(
    release.members.filter((member) => member.ecosystem === 'npm').map((member) => member.name),
  );
  return {
    ...scope,
    memberVersion: (name) => (members.has(name) ? release.versions.npm.version : undefined),
  };
}

/** In the run's private copy, without any token in its environment. */
async function runBuild(
  processes: Processes,
  argv: readonly [string, ...string[]],
  cwd: string,
  plan: NpmPlan,
  step: Step,
): Promise<Problem | undefined> {
  const result = await processes.run({
    argv,
    cwd,
    // https://reproducible-builds.org/specs/source-date-epoch: the time that a build tool may write
    // is the commit's.
    env: { ...step.environment, SOURCE_DATE_EPOCH: String(plan.sourceDateEpoch) },
    signal: step.signal,
    onLine: (message) => step.emit({ publisher: plan.publisher, message }),
  });
  step.signal.throwIfAborted();
  const coordinate = formatNpm(plan);
  return result.ok
    ? undefined
    : processProblem({ code: 'npm-build', what: `build ${coordinate}`, result, coordinate });
}

/**
 * What `npm pack` would list, judged by the manifest that is published. Symlinks, FIFOs and devices
 * are not: npm leaves them out. `root` is the workspace's that the folder belongs to: the ignore
 * files between the two count, too.
 */
async function readListed(
  folder: string,
  plan: NpmPlan,
  root: string | undefined,
): Promise<readonly ArchiveEntry[]> {
  // All that npm-packlist asks of an arborist tree when nothing is bundled; pnpm calls it in the
  // same way. Of `bin` it takes the values alone.
  const manifest = { ...plan.manifest, bin: commandFiles(plan.manifest) };
  const tree = { path: folder, package: manifest, isProjectRoot: true, edgesOut: new Map() };
  const workspace = root === undefined ? {} : { prefix: root, workspaces: [folder] };
  const listed = (await packlist(tree as never, { path: folder, ...workspace })).filter(
    (path) => path !== 'package.json',
  );
  const files: ArchiveEntry[] = [];
  for (const path of listed) {
    const file = join(folder, path);
    files.push({
      path,
      content: { file },
      executable: ((await lstat(file)).mode & 0o111) !== 0,
    });
  }
  return files;
}
