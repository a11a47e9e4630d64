import { readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CheckoutFolder,
  hideStamped,
  type Processes,
  rewriteFile,
  stampHead,
} from '@ameide/publisher-kit';
import type { PypiPlan } from '../plan.ts';
import { type Members, memberRequirement } from '../project/members.ts';
import { stampFileRequirements } from '../project/requirement-files.ts';
import type { Requirement } from '../project/requirements.ts';
import { stampSetupCfg } from '../project/setup-cfg.ts';
import { stampSetupRequirements } from '../project/setup-requirements.ts';
import { stamp } from '../project/stamp.ts';
import { invalidPyproject } from '../project/toml.ts';
import { type StampedFile, versionFiles } from '../project/version-file.ts';

/**
 * Writes the release's version and commit into a project of the checkout: into pyproject.toml or
 * setup.cfg, and into the files that the build reads the version from. Resets file times to the
 * commit's.
 */
export async function stampCheckout(
  folder: CheckoutFolder,
  plan: PypiPlan,
  processes: Processes,
  signal?: AbortSignal,
): Promise<void> {
  const { localNames, members, requirementFiles, sourceCommit, urlTable, version, versionSource } =
    plan;
  const changes: readonly StampedFile[] = [
    urlTable === undefined
      ? { path: 'setup.cfg', stamp: (text) => stampedSetupCfg(text, plan) }
      : {
          path: 'pyproject.toml',
          stamp: (text) =>
            stamp(
              text,
              { version, sourceCommit, versionSource, urlTable, members, localNames },
              'pyproject.toml',
            ),
        },
    ...requirementFiles.paths.map((path) => ({
      path,
      stamp: (text: string) =>
        stampFileRequirements(text, requirementFiles.localNames, followed(members)),
    })),
    ...versionFiles(versionSource),
  ];
  for (const change of changes) await rewrite(folder.directory, plan, change);
  if (!plan.archivesHead) {
    const stamped = changes.map(({ path }) => path);
    return hideStamped(folder, stamped, processes, signal);
  }
  const inHead = changes.map(({ path, stamp }) => ({
    path,
    stamp: (text: string) => stamp(text, version) ?? text,
  }));
  await stampHead(folder, inHead, processes, signal);
}

/** A requirement that cannot be stamped in place stays, and is checked after the build. */
function stampedSetupCfg(text: string, plan: PypiPlan): string {
  const stamped = stampSetupCfg(text, setupStamp(plan), 'setup.cfg');
  return stampSetupRequirements(stamped, followed(plan.members), 'setup.cfg') ?? stamped;
}

/** Returns the specifier of a requirement that the release changes. */
function followed(members: Members): (requirement: Requirement) => string | undefined {
  return (requirement) => {
    const found = memberRequirement(requirement, members);
    return found !== undefined && 'specifier' in found && found.isChanged
      ? found.specifier
      : undefined;
  };
}

function setupStamp({ sourceCommit, version, versionSource }: PypiPlan): {
  readonly sourceCommit: string;
  readonly version?: string;
} {
  return versionSource.kind === 'setup.cfg' ? { sourceCommit, version } : { sourceCommit };
}

async function rewrite(
  project: string,
  { sourceDateEpoch, version }: PypiPlan,
  { path, stamp }: StampedFile,
): Promise<void> {
  const file = join(project, path);
  const text = decode(await readFile(file).catch(() => undefined), path);
  await rewriteFile(file, stamp(text, version) ?? text);
  await utimes(file, sourceDateEpoch, sourceDateEpoch);
}

/** Drops a byte order mark, because Python's own reader refuses it. */
function decode(bytes: Uint8Array | undefined, name: string): string {
  if (bytes === undefined)
    throw invalidPyproject(
      name,
      'a file, as in the commit',
      'prepare removed or replaced it: let it leave the file alone.',
    );
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidPyproject(name, 'UTF-8 text', 'Save the file as UTF-8.');
  }
}
