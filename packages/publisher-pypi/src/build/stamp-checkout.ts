import { readFile, utimes, writeFile } from 'node:fs/promises';
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
import { stampSetupRequirements } from '../project/setup-requirements.ts';
import { stamp } from '../project/stamp.ts';
import { stampSetupCfg } from '../project/stamp-setup-cfg.ts';
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
  const stamped: string[] = [];
  for (const change of changes)
    if (await rewrite(folder.directory, plan, change)) stamped.push(change.path);
  if (!plan.archivesHead) return hideStamped(folder, stamped, processes, signal);
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

/** Returns false for a new file: a setup.cfg for the URLs, where setup.py has the rest. */
async function rewrite(
  project: string,
  { sourceDateEpoch, version, versionSource }: PypiPlan,
  { path, stamp }: StampedFile,
): Promise<boolean> {
  const file = join(project, path);
  const bytes = await readFile(file).catch(() => undefined);
  const isNew = bytes === undefined && path === 'setup.cfg' && versionSource.kind === 'setup.py';
  const text = isNew ? '' : decode(bytes, path);
  await (isNew ? writeFile : rewriteFile)(file, stamp(text, version) ?? text);
  await utimes(file, sourceDateEpoch, sourceDateEpoch);
  return !isNew;
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
