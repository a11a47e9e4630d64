import type { GoModule, GoModuleLocation } from './module.ts';
import { parseGoModulePath } from './path.ts';
import { isRetracted } from './retractions.ts';
import { compareGoSemver } from './semver.ts';
import { tagPrefix, versionTags } from './tags.ts';

/**
 * Returns the versions of a module among a repository's tags, highest first: those that `go list -m
 * -versions` shows, which leaves out retracted ones. Throws `InvalidInputError`.
 */
export function listGoVersions(
  tags: readonly string[],
  { modulePath, directory, retracted = [] }: GoModuleLocation & Pick<GoModule, 'retracted'>,
): readonly string[] {
  const module = parseGoModulePath(modulePath, 'go.modulePath');
  return versionTags(tags, tagPrefix(directory, module.major, module), module.major)
    .filter(({ semver }) => !isRetracted(semver, retracted))
    .toSorted((a, b) => compareGoSemver(b.semver, a.semver))
    .map(({ version }) => version);
}
