import { join, relative } from 'node:path';
import { InvalidInputError } from '@ameide/versioning-core';
import { assembleReleasePlan } from '@changesets/assemble-release-plan';
import { invalidPending, type Pending, readPending } from './pending.ts';
import { refuse, workspaceProblem } from './problems.ts';
import { quietly } from './quietly.ts';
import { isSkipped, readPre, readSettings, type Settings } from './settings.ts';
import { findWorkspace, type Workspace } from './workspace.ts';

/** What `changeset version` does with the version file's package. */
export interface PlannedRelease {
  readonly name: string;
  /** How many changesets are pending, of any package. */
  readonly pending: number;
  /** Undefined if the package keeps its version. */
  readonly release?: { readonly type: string; readonly newVersion: string };
  /** Why changesets leave that package alone, whatever is pending. */
  readonly skipped?: string;
}

/**
 * Plans what `changeset version` does, in a folder with the files that it reads. Throws
 * `InvalidInputError` where `changeset version` fails, except if no changeset is pending.
 */
export async function planReleases(root: string, versionFile: string): Promise<PlannedRelease> {
  const workspace = await findWorkspace(root, versionFile);
  const { packages, rootDir } = workspace;
  const own = packages.find(({ dir }) => join(dir, 'package.json') === join(root, versionFile));
  if (own === undefined) throw notInWorkspace(versionFile);
  const settings = await readSettings(root, workspace);
  // Read first: it sets aside the changesets that a prerelease by changesets 2 has released.
  const pre = await readPre(root, rootDir);
  const pending = await readPending(root, rootDir);
  const { name } = own.packageJson;
  const known = { name, pending: pending.length };
  if (pending.length === 0 && pre?.mode !== 'exit') return known;
  const plan = (some: Pending) =>
    quietly(() => assembleReleasePlan(some, workspace, settings, pre));
  const folder = join(relative(root, rootDir), '.changeset');
  const { releases } = await refuse(
    root,
    () => plan(pending),
    (reason) => invalidPending(folder, pending, plan) ?? noPlan(folder, reason),
  );
  const release = releases.find((one) => one.name === name);
  if (release?.newVersion !== undefined && release.type !== 'none')
    return { ...known, release: { type: release.type, newVersion: release.newVersion } };
  const skipped = whySkipped(own, settings);
  return skipped === undefined ? known : { ...known, skipped };
}

function notInWorkspace(versionFile: string): InvalidInputError {
  return workspaceProblem(
    `the package.json of a package that changesets version; ${versionFile} is not one`,
    "Name the package in the workspace's settings. Changesets do not version the root of a workspace.",
  );
}

function noPlan(folder: string, reason: string): InvalidInputError {
  return new InvalidInputError(
    { field: folder, expected: `what changesets can plan releases of; ${reason}` },
    'changesets-plan',
  );
}

function whySkipped(own: Workspace['packages'][number], settings: Settings): string | undefined {
  if (!isSkipped(own, settings)) return undefined;
  return settings.ignore.includes(own.packageJson.name)
    ? '"ignore" of .changeset/config.json names it'
    : 'it is private, and "privatePackages" of .changeset/config.json leaves such packages out';
}
