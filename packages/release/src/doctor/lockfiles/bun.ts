import { type ParseError, parse } from 'jsonc-parser';
import semver from 'semver';
import { tableAt } from '../facts.ts';
import {
  type Difference,
  INSTALLED,
  type NpmLock,
  type NpmProject,
  overriddenNames,
  rangesOf,
  rangeWhere,
  textOf,
} from './project.ts';

/**
 * What `bun install --frozen-lockfile` refuses: a range that no locked version is in. It does not compare the
 * ranges themselves, and links packages of the workspace whatever the lockfile says.
 */
export function bunDifferences(lock: NpmLock): readonly Difference[] | undefined {
  const errors: ParseError[] = [];
  const root: unknown = parse(lock.text, errors, { allowTrailingComma: true });
  if (errors.length > 0) return undefined;
  const overridden = overriddenNames(lock);
  const own = new Set(lock.projects.map(({ json }) => json['name']));
  return lock.projects.flatMap((project) =>
    INSTALLED.flatMap((field) =>
      [...rangesOf(project.json, field)].flatMap(([name, range]): Difference[] => {
        if (overridden.has(name) || own.has(name)) return [];
        const has = rangesOf(tableAt(root, 'workspaces', project.inRoot), field).get(name);
        const version = lockedVersion(tableAt(root, 'packages'), project, name);
        if (has === range || isIn(version, range)) return [];
        return [
          {
            message: `${field} asks for ${name} as ${range}, and ${lock.path} ${version === undefined ? 'does not have it' : `has ${version}`}.`,
            where: rangeWhere(project, field, name),
          },
        ];
      }),
    ),
  );
}

/** bun.lock names a package by the packages above it: `web/semver` is the one of `web`. */
function lockedVersion(
  packages: Readonly<Record<string, unknown>>,
  { json }: NpmProject,
  name: string,
): string | undefined {
  const entry = packages[`${textOf(json['name'])}/${name}`] ?? packages[name];
  const [resolution] = [entry].flat();
  return typeof resolution === 'string' ? /[^@]@([^@]+)$/.exec(resolution)?.[1] : undefined;
}

function isIn(version: string | undefined, range: string): boolean {
  return version !== undefined && semver.satisfies(version, range, true);
}
