import { locateToml } from '@ameide/source-files/toml';
import { normalisePypiName } from '@ameide/versioning-core';
import { type Where, whereIs } from '../at-place.ts';
import { tableAt } from '../facts.ts';
import { type TomlTable } from '../file-reader.ts';
import { type Difference, textOf } from './project.ts';

/** A Python project whose versions a uv.lock decides. */
export interface UvProject {
  readonly path: string;
  readonly text: string;
  readonly root: TomlTable;
  /** Relative to the folder of the lockfile; `.` for that folder. */
  readonly inRoot: string;
}

/**
 * What `uv lock --check` refuses: requirements that are not those of the project. Versions are in `uvVersionDifferences`.
 */
export function uvDifferences(
  path: string,
  lock: TomlTable,
  projects: readonly UvProject[],
): readonly Difference[] {
  const packages = (Array.isArray(lock['package']) ? lock['package'] : []) as readonly unknown[];
  return projects.flatMap((project) => {
    const name = normalisePypiName(String(tableAt(project.root, 'project')['name']));
    const own = packages.find(
      (one) => tableAt({ one }, 'one')['name'] === name && isFrom(one, project.inRoot),
    );
    if (own === undefined)
      return [{ message: `${path} has no entry for this project.`, where: { path: project.path } }];
    return [...requirementDifferences(path, own, project), ...groupDifferences(path, own, project)];
  });
}

function isFrom(one: unknown, folder: string): boolean {
  const { editable, virtual, directory } = tableAt(one, 'source');
  return [editable, virtual, directory].includes(folder);
}

interface Required {
  readonly name: string;
  readonly specifier: string;
  readonly where: Where;
}

function requirementDifferences(
  path: string,
  own: unknown,
  project: UvProject,
): readonly Difference[] {
  const { dynamic = [] } = tableAt(project.root, 'project');
  const isDynamic =
    Array.isArray(dynamic) && dynamic.some((one) => String(one).endsWith('dependencies'));
  if (isDynamic) return [];
  const { 'requires-dist': dist } = tableAt(own, 'metadata');
  return listDifferences(path, project, { locked: lockedIn(dist), asked: requirementsOf(project) });
}

/** Groups that include others are left out: uv writes them in full (PEP 735). */
function groupDifferences(path: string, own: unknown, project: UvProject): readonly Difference[] {
  const groups = tableAt(project.root, 'dependency-groups');
  const isPlain = Object.values(groups).every(
    (group) => Array.isArray(group) && group.every((one) => typeof one === 'string'),
  );
  // What uv had before there were groups adds to the group dev.
  const { 'dev-dependencies': legacy } = tableAt(project.root, 'tool', 'uv');
  if (!isPlain || legacy !== undefined) return [];
  const dev = tableAt(own, 'metadata', 'requires-dev');
  return Object.entries(groups).flatMap(([name, list]) =>
    listDifferences(path, project, {
      locked: lockedIn(dev[name]),
      asked: requirementsIn(project, ['dependency-groups', name], list),
    }),
  );
}

function listDifferences(
  path: string,
  project: UvProject,
  lists: { readonly locked: readonly Locked[]; readonly asked: readonly Required[] },
): readonly Difference[] {
  const { left, missing } = compare(lists.locked, lists.asked);
  if (missing.length > 0)
    return missing.map(({ has, required: { name: asked, specifier, where } }) => ({
      message: `${`The project asks for ${asked} ${specifier}`.trimEnd()}, and ${path} ${has === undefined ? 'does not have that' : `has ${has}`}.`,
      where,
    }));
  const { name } = tableAt(project.root, 'project');
  // A project may ask for its own extras.
  return [...new Set(left.map((one) => one.name))]
    .filter((one) => one !== normalisePypiName(textOf(name)))
    .map((one) => ({
      message: `${path} has ${one}, which the project does not ask for.`,
      where: { path: project.path },
    }));
}

interface Locked {
  readonly name: string;
  /** Absent for an address or a folder, of which uv keeps no specifier. */
  readonly specifier?: string;
}

function lockedIn(list: unknown): readonly Locked[] {
  return (Array.isArray(list) ? list : []).map((value: unknown) => {
    const one = tableAt({ value }, 'value');
    const name = textOf(one['name']);
    return isAddress(one) ? { name } : { name, specifier: sorted(textOf(one['specifier'])) };
  });
}

/** Pairs each requirement with one of the lockfile; the same name may be there several times, with markers. */
function compare(
  locked: readonly Locked[],
  asked: readonly Required[],
): {
  readonly left: readonly Locked[];
  readonly missing: readonly { readonly required: Required; readonly has?: string }[];
} {
  const left = [...locked];
  const missing = asked.flatMap((required) => {
    const index = left.findIndex(
      ({ name, specifier = required.specifier }) =>
        name === required.name && specifier === required.specifier,
    );
    if (index !== -1) left.splice(index, 1);
    const has = left.find(({ name }) => name === required.name)?.specifier;
    return index === -1 ? [{ required, ...(has === undefined ? {} : { has }) }] : [];
  });
  return { left, missing };
}

function isAddress(one: TomlTable): boolean {
  return ['git', 'url', 'path', 'editable', 'directory', 'virtual'].some((key) => key in one);
}

function requirementsOf(project: UvProject): readonly Required[] {
  const table = tableAt(project.root, 'project');
  const lists: (readonly [readonly string[], unknown])[] = [
    [['project', 'dependencies'], table['dependencies']],
    ...Object.entries(tableAt(table, 'optional-dependencies')).map(
      ([extra, list]) => [['project', 'optional-dependencies', extra], list] as const,
    ),
  ];
  return lists.flatMap(([path, list]) => requirementsIn(project, path, list));
}

function requirementsIn(
  project: UvProject,
  path: readonly string[],
  list: unknown,
): readonly Required[] {
  return (Array.isArray(list) ? list : []).flatMap((text: unknown, index): Required[] => {
    const found = /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;]*)/.exec(String(text));
    if (found === null) return [];
    const [, name = '', specifier = ''] = found;
    return [
      {
        name: normalisePypiName(name),
        specifier: specifier.trim().startsWith('@') ? '' : sorted(specifier),
        where: placeOf(project, [...path, String(index)]),
      },
    ];
  });
}

function placeOf({ path, text }: UvProject, at: readonly string[]): Where {
  return whereIs(path, text, locateToml(text, at)?.value);
}

/** The clauses of a specifier in one order, without spaces and brackets. */
function sorted(specifier: string): string {
  return specifier
    .replaceAll(/[()\s]/g, '')
    .split(',')
    .filter((one) => one !== '')
    .toSorted()
    .join(',');
}
