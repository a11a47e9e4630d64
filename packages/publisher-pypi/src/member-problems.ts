import { cleanText } from '@ameide/publisher-kit';
import { parsePep508 } from '@ameide/source-files/python';
import { type Problem, pathIn, problem } from '@ameide/versioning-core';
import type { CoreMetadata } from './distribution/metadata.ts';
import type { PypiPlan } from './plan.ts';
import { memberRequirement, memberVersion } from './project/members.ts';
import type { Requirement } from './project/requirements.ts';
import { admitsPrereleases, isIn, isPrerelease, parseSpecifier } from './project/specifiers.ts';
import type { CommittedProject } from './read-project.ts';

const CODE = 'pypi-member-requirement';
const HINT =
  'Write its name alone, or a range that this version is in; every release makes it the version that it publishes.';
const BUILD_HINT =
  'The build itself uses what [build-system] requires, so a release does not change it: write the name alone, or a range that both versions are in.';

/** Reports requirements on members of the release that its version is not in. */
export function statedMembers(
  project: CommittedProject,
  plan: PypiPlan,
  directory: string,
): readonly Problem[] {
  const file = (name: string): string => pathIn(directory, name);
  const stated = file(project.urlTable === undefined ? 'setup.cfg' : 'pyproject.toml');
  const refusedOf = (requirement: Requirement): string | undefined => {
    const found = memberRequirement(requirement, plan.members);
    return found !== undefined && 'refused' in found ? found.refused : undefined;
  };
  return [
    ...project.requirements.flatMap((requirement) =>
      refused(plan, requirement, refusedOf(requirement), {
        path: requirement.place === undefined ? stated : file(requirement.place.file),
        hint: HINT,
      }),
    ),
    ...project.buildRequirements.flatMap((requirement) =>
      refused(plan, requirement, unbuildable(requirement, plan), {
        path: file('pyproject.toml'),
        hint: BUILD_HINT,
      }),
    ),
  ];
}

function refused(
  { publisher }: PypiPlan,
  { field, name, place }: Requirement,
  reason: string | undefined,
  about: { readonly path: string; readonly hint: string },
): readonly Problem[] {
  if (reason === undefined) return [];
  const message = `${publisher} cannot be installed: ${name}, of the same release, ${reason}.`;
  return [problem({ code: CODE, kind: 'input', message, field, line: place?.line, ...about })];
}

/**
 * A build requirement may be on an earlier version, which an index has. Only the placeholder is on
 * none.
 */
function unbuildable({ name, specifier }: Requirement, { members }: PypiPlan): string | undefined {
  const version = memberVersion(members, name);
  const [clauses = []] = parseSpecifier(specifier, 'pep440') ?? [];
  if (version === undefined || clauses.length === 0) return undefined;
  const has = (one: string): boolean => clauses.every((clause) => isIn(one, clause));
  return has('0.0.0') && !has(version)
    ? `is required as ${specifier}, and this release publishes ${version}`
    : undefined;
}

/** Returns why nobody could install a built file with the members of its release. */
export function builtMembers(
  { followed, members }: PypiPlan,
  { fields }: CoreMetadata,
): readonly { readonly reason: string; readonly hint: string }[] {
  return fields.flatMap(([field, value]) => {
    const parsed = field === 'requires-dist' ? parsePep508(value) : undefined;
    const version = parsed === undefined ? undefined : memberVersion(members, parsed.name);
    if (parsed === undefined || version === undefined) return [];
    const { address, name, specifier } = parsed;
    const isFollowed = followed.includes(name);
    if (address === undefined && includes(specifier, version, isFollowed)) return [];
    const how = address === undefined ? `as ${cleanText(specifier)}` : 'from an address';
    const reason = `requires ${name}, of the same release, ${how}, and this release publishes ${version}`;
    return [{ reason, hint: BUILT_HINT }];
  });
}

const BUILT_HINT =
  'A release changes requirements that are written in [project], [tool.poetry], setup.cfg, the requirements files of setuptools and hatch-requirements-txt, and uv-dynamic-versioning’s hook ({{ version }}). Write it there, or let what computes it write the version of the release (AMEIDE_PYPI_VERSION).';

/** `isFollowed`: the release wrote the specifier, so installers must take a prerelease for it. */
function includes(specifier: string, version: string, isFollowed: boolean): boolean {
  const [clauses] = parseSpecifier(specifier, 'pep440') ?? [];
  if (clauses === undefined || !clauses.every((clause) => isIn(version, clause))) return false;
  return !isFollowed || !isPrerelease(version) || clauses.some(admitsPrereleases);
}
