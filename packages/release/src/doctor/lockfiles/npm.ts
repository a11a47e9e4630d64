import semver from 'semver';
import { tableAt } from '../facts.ts';
import {
  type Difference,
  INSTALLED,
  type Installed,
  type NpmLock,
  type NpmProject,
  overriddenNames,
  rangesOf,
  rangeWhere,
} from './project.ts';

/**
 * What `npm ci` refuses: a dependency that the lockfile lacks, or has in a version that is not in the range
 * (`validateLockfile` of npm). It does not compare the ranges themselves. Undefined for a text that is not JSON, or
 * a lockfile of npm 6 and older.
 */
export function npmDifferences(lock: NpmLock): readonly Difference[] | undefined {
  const packages = readPackages(lock.text);
  if (packages === undefined) return undefined;
  const overridden = overriddenNames(lock);
  return lock.projects.flatMap((project) =>
    INSTALLED.flatMap((field) =>
      [...rangesOf(project.json, field)].flatMap(([name, range]): Difference[] => {
        if (overridden.has(name)) return [];
        const why = flawOf({ project, field, name, range }, packages, lock.projects);
        return why === undefined
          ? []
          : [
              {
                message: `${field} asks for ${name} as ${range}, and ${lock.path} ${why}.`,
                where: rangeWhere(project, field, name),
              },
            ];
      }),
    ),
  );
}

type Packages = Readonly<Record<string, unknown>>;

function readPackages(text: string): Packages | undefined {
  try {
    const lock: unknown = JSON.parse(text);
    const packages = tableAt(lock, 'packages');
    return Object.keys(packages).length === 0 ? undefined : packages;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

interface Asked {
  readonly project: NpmProject;
  readonly field: Installed;
  readonly name: string;
  readonly range: string;
}

function flawOf(
  { project, field, name, range }: Asked,
  packages: Packages,
  projects: readonly NpmProject[],
): string | undefined {
  const found = foundFor(project.inRoot, name, packages);
  if (found === undefined) return field === 'optionalDependencies' ? undefined : 'does not have it';
  const { link, resolved } = found;
  // npm reads the version of a package of the workspace from its folder.
  const linked = projects.find(({ inRoot }) => link === true && inRoot === resolved)?.json;
  const { version } = linked ?? (link === true ? tableAt(packages, String(resolved)) : found);
  const wanted = range.replace(/^npm:(?:@[^@]+|[^@]+)@/, '');
  // Addresses, folders and dist-tags: npm compares them with what it resolved.
  if (semver.validRange(wanted) === null || typeof version !== 'string') return undefined;
  // To npm any version will do, also a prerelease (`dep-valid.js` of @npmcli/arborist).
  if (/^[*xX]?$/.test(wanted.trim())) return undefined;
  return semver.satisfies(version, wanted, true)
    ? undefined
    : `${linked === undefined ? 'has' : 'has its folder, which states'} ${version}`;
}

/** As Node looks for it: in the project's folder, then in each folder above. */
function foundFor(folder: string, name: string, packages: Packages): Packages | undefined {
  const parts = folder === '' ? [] : folder.split('/');
  for (let depth = parts.length; depth >= 0; depth -= 1) {
    const key = [...parts.slice(0, depth), 'node_modules', name].join('/');
    if (Object.hasOwn(packages, key)) return tableAt(packages, key);
  }
  return undefined;
}
