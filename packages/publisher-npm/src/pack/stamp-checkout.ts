import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hideStamped, inParallel, type Processes, rewriteFile } from '@ameide/publisher-kit';
import { parseManifestJson } from '../manifest/json.ts';
import { type PackageStamp, stampSource } from '../manifest/stamp.ts';
import type { ScopeOf } from '../workspace/scope.ts';
import type { WorkspacePackage } from '../workspace/workspace.ts';

/**
 * Writes the release's version into the package.json of every npm package of the release, in our
 * own checkout, before a build runs. So a build, even one that reads a sibling's package.json, sees
 * the same as in repositories that commit versions before publishing (changesets, `npm version`,
 * `pnpm -r publish`).
 */
export async function stampCheckout(
  checkout: string,
  directory: string,
  packages: readonly WorkspacePackage[],
  stamp: PackageStamp,
  scope: ScopeOf,
  processes: Processes,
): Promise<void> {
  const members = packages.filter(({ name }) => stamp.members.includes(name));
  const directories = new Set([directory, ...members.map((member) => member.directory)]);
  await inParallel([...directories], async (one) => {
    const path = join(checkout, one, 'package.json');
    const json = parseManifestJson(await readFile(path, 'utf8'), join(one, 'package.json'));
    const stamped = stampSource(json, stamp, scope(stamp));
    await rewriteFile(path, `${JSON.stringify(stamped, undefined, 2)}\n`);
  });
  const stamped = [...directories].map((one) => join(one, 'package.json'));
  await hideStamped(checkout, stamped, processes);
}
