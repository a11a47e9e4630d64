import { type FoundPackage, isAside } from '@ameide/source-files/packages';
import { folderOf, isBelow } from '@ameide/versioning-core';
import type { RepositoryFacts } from './facts.ts';

/**
 * Folders that use the published packages: those of private packages that depend on them, `services/*`
 * for several beside each other, and folders of manifests. Empty if there are none: then everything
 * that is not published counts.
 */
export function consumerGlobs(
  { manifests, packages, paths }: RepositoryFacts,
  publish: readonly FoundPackage[],
): readonly string[] {
  const names = publish.map(({ name }) => name);
  const using = packages.filter(
    ({ directory, isPrivate, manifest }) =>
      isPrivate &&
      directory !== '' &&
      !isAside(directory) &&
      names.some((name) => manifests.get(manifest)?.dependencies.has(name)),
  );
  const globs = new Set(using.map(({ directory }) => globFor(directory, publish)));
  const deployed = ['deploy', 'k8s', 'kubernetes', 'manifests'].filter((folder) =>
    [...paths].some((path) => isBelow(folder, path) && /\.ya?ml$/.test(path)),
  );
  return globs.size === 0 ? [] : [...globs, ...deployed.map((folder) => `${folder}/**`)].toSorted();
}

/** All folders beside it, unless one of them is published. */
function globFor(directory: string, publish: readonly FoundPackage[]): string {
  const parent = folderOf(directory);
  const isMixed = parent === '' || publish.some((one) => folderOf(one.directory) === parent);
  return isMixed ? directory : `${parent}/*`;
}
