import type { Dependency } from '@ameide/source-files/dependencies';
import type { Use } from './service.ts';

/** Fields that say what a project gets. The others, such as catalogs and overrides, only say in which version. */
const FIELDS =
  /^(?:dependencies|devDependencies|optionalDependencies|project\.|dependency-groups|tool\.|packages|dev-packages|requirements|require)/;

/** True for a package that a project's own file asks for. */
export function isDeclaration({ ecosystem, field, place }: Dependency): boolean {
  const isConstraint = /(?:^|\/)constraints[^/]*\.txt$/.test(place.path);
  return ecosystem !== 'oci' && FIELDS.test(field) && !isConstraint;
}

/**
 * What a project asks for and no lockfile of it has: an exact version is as good as one, a range is not
 * known.
 */
export function declaredUses(
  dependencies: readonly Dependency[],
  locked: readonly Use[],
): readonly Use[] {
  return dependencies.flatMap((one): readonly Use[] => {
    const { ecosystem, name, place, requirement } = one;
    const isLocked = locked.some((use) => use.ecosystem === ecosystem && use.name === name);
    if (isLocked || ecosystem === 'oci') return [];
    const { line, path } = place;
    return [{ ecosystem, name, ...readRequirement(one), path, line, isDirect: true }].map((use) =>
      use.version === '' && use.kind === 'not-locked' ? { ...use, version: requirement } : use,
    );
  });
}

function readRequirement({ ecosystem, requirement }: Dependency): Pick<Use, 'kind' | 'version'> {
  const written = requirement.trim();
  const exact = exactVersion(ecosystem, written);
  if (exact !== undefined) return { kind: 'registry', version: exact };
  const isFolder =
    /^(?:workspace|link|file|portal):/.test(written) && !/\.t(?:ar\.)?gz$/.test(written);
  if (isFolder) return { kind: 'workspace', version: '' };
  const isAddress =
    /^(?:@|git|https?:|github:|patch:|file:)/.test(written) ||
    /^\{.*\b(?:git|url|path)\b/s.test(written);
  return { kind: isAddress ? 'elsewhere' : 'not-locked', version: written };
}

function exactVersion(ecosystem: Dependency['ecosystem'], written: string): string | undefined {
  if (ecosystem === 'go') return written;
  if (ecosystem === 'pypi') return /^\(?\s*={2,3}\s*([^\s,*;)$]+)\s*\)?$/.exec(written)?.[1];
  const version = written.replace(/^npm:@?[^@]+@/, '').replace(/^[v=]\s*/, '');
  return /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/.test(version) ? version : undefined;
}
