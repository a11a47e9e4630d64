import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hideStamped, inParallel, type Processes, rewriteFile } from '@ameide/publisher-kit';
import { parseManifestJson } from '@ameide/source-files/json';
import type { WorkspacePackage } from '@ameide/source-files/npm';
import { InvalidInputError, pathIn } from '@ameide/versioning-core';
import type { ScopeOf } from '../manifest/scope.ts';
import { type PackageStamp, stampSource } from '../manifest/stamp.ts';

export interface Stamping {
  /** The package that is built, relative to the repository root. */
  readonly directory: string;
  /** Of its workspace. */
  readonly packages: readonly WorkspacePackage[];
  readonly scope: ScopeOf;
  readonly processes: Processes;
}

/** A package.json in the checkout. */
export interface StampedManifest {
  /** Of the package, relative to the repository root. */
  readonly directory: string;
  /** Absolute. */
  readonly path: string;
  readonly committed: string;
  readonly stamped: string;
}

/**
 * Writes the release's version into the package.json of every npm package of the release, in our
 * own checkout, before a build runs. So a build, even one that reads a sibling's package.json, sees
 * the same as in repositories that commit versions before publishing (changesets, `npm version`,
 * `pnpm -r publish`). Throws `InvalidInputError` for what `prepare` removed or damaged.
 */
export async function stampCheckout(
  { directory, packages, processes, scope }: Stamping,
  checkout: string,
  stamp: PackageStamp,
): Promise<readonly StampedManifest[]> {
  const members = packages.filter(({ name }) => stamp.members.includes(name));
  const directories = new Set([directory, ...members.map((member) => member.directory)]);
  const manifests = await inParallel([...directories], async (one) => {
    const path = join(checkout, one, 'package.json');
    const committed = await readFile(path, 'utf8').catch(() => undefined);
    if (committed === undefined) throw removedManifest(one);
    const json = parseManifestJson(committed, join(one, 'package.json'));
    const stamped = `${JSON.stringify(stampSource(json, stamp, scope(stamp)), undefined, 2)}\n`;
    await rewriteFile(path, stamped);
    return { directory: one, path, committed, stamped };
  });
  const paths = [...directories].map((one) => join(one, 'package.json'));
  await hideStamped({ checkout, directory: checkout }, paths, processes);
  return manifests;
}

/**
 * Gives members that lie in a package's folder their committed package.json back, so that the package
 * holds the commit's files with and without a build. What the build itself wrote stays.
 */
export async function unstampInside(
  directory: string,
  manifests: readonly StampedManifest[],
): Promise<void> {
  const prefix = pathIn(directory, '');
  const inside = manifests.filter(
    (manifest) => manifest.directory !== directory && manifest.directory.startsWith(prefix),
  );
  await inParallel(inside, async ({ path, committed, stamped }) => {
    const built = await readFile(path, 'utf8').catch(() => undefined);
    if (built === stamped) await rewriteFile(path, committed);
  });
}

function removedManifest(directory: string): InvalidInputError {
  return new InvalidInputError({
    field: join(directory, 'package.json'),
    expected: 'a package.json that `prepare` does not remove',
    hint: 'Change `prepare` so that it does not remove this file: the build needs the version in it.',
  });
}
