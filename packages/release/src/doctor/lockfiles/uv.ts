import { locateToml } from '@ameide/source-files/toml';
import { type Where, whereIs } from '../at-place.ts';
import { tableAt } from '../facts.ts';
import { type TomlTable } from '../file-reader.ts';
import type { Difference } from './project.ts';

/** A Python project whose versions a uv.lock decides. */
export interface UvProject {
  readonly path: string;
  readonly text: string;
  readonly root: TomlTable;
  /** Relative to the folder of the lockfile; `.` for that folder. */
  readonly inRoot: string;
}

/**
 * What `uv lock --check` refuses: requirements, a version, or a Python that are not those of the project. Undefined
 * if the lockfile does not have the project's requirements, as before uv 0.5.
 */
export function uvDifferences(
  path: string,
  lock: TomlTable,
  projects: readonly UvProject[],
): readonly Difference[] {
  const packages = (Array.isArray(lock['package']) ? lock['package'] : []) as readonly unknown[];
  return projects.flatMap((project) => {
    const name = normalised(String(tableAt(project.root, 'project')['name']));
    const own = packages.find(
      (one) => tableAt({ one }, 'one')['name'] === name && isFrom(one, project.inRoot),
    );
    if (own === undefined)
      return [{ message: `${path} does not know this project.`, where: { path: project.path } }];
    return [
      ...versionDifferences(path, tableAt({ own }, 'own'), project),
      ...requirementDifferences(path, own, project),
    ];
  });
}

function isFrom(one: unknown, folder: string): boolean {
  const { editable, virtual, directory } = tableAt(one, 'source');
  return [editable, virtual, directory].includes(folder);
}

function versionDifferences(
  path: string,
  { version: locked }: TomlTable,
  project: UvProject,
): readonly Difference[] {
  const { version } = tableAt(project.root, 'project');
  if (typeof version !== 'string' || typeof locked !== 'string' || version === locked) return [];
  return [
    {
      message: `The project has the version ${version}, and ${path} has ${locked}.`,
      where: placeOf(project, ['project', 'version']),
    },
  ];
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
    Array.isArray(dynamic) && dynamic.some((one) => /dependencies$/.test(String(one)));
  const { 'requires-dist': dist } = tableAt(own, 'metadata');
  const required = requirementsOf(project);
  if (isDynamic) return [];
  const ownName = normalised(String(tableAt(project.root, 'project')['name']));
  const left = ((Array.isArray(dist) ? dist : []) as readonly unknown[]).map((one) =>
    tableAt({ one }, 'one'),
  );
  const missing = required.flatMap(({ name, specifier, where }): Difference[] => {
    const same = left.filter((one) => one['name'] === name);
    // Of an address or a folder uv keeps no specifier.
    const index = left.findIndex(
      (one) =>
        one['name'] === name &&
        (isAddress(one) || sorted(String(one['specifier'] ?? '')) === specifier),
    );
    if (index !== -1) {
      left.splice(index, 1);
      return [];
    }
    const has =
      same[0] === undefined
        ? 'does not have it'
        : `has ${String(same[0]['specifier'] ?? 'any version')}`;
    return [
      {
        message: `${`The project asks for ${name} ${specifier}`.trimEnd()}, and ${path} ${has}.`,
        where,
      },
    ];
  });
  const reported = new Set(missing.length === 0 ? [] : required.map(({ name }) => name));
  const extra = [...new Set(left.map((one) => String(one['name'])))].filter(
    (name) => !reported.has(name) && name !== ownName,
  );
  return [
    ...missing,
    ...extra.map((name) => ({
      message: `${path} has ${name}, which the project does not ask for.`,
      where: { path: project.path },
    })),
  ];
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
  return lists.flatMap(([path, list]) =>
    (Array.isArray(list) ? list : []).flatMap((text, index): Required[] => {
      const found = /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;]*)/.exec(String(text));
      if (found === null) return [];
      const [, name = '', specifier = ''] = found;
      return [
        {
          name: normalised(name),
          specifier: specifier.trim().startsWith('@') ? '' : sorted(specifier),
          where: placeOf(project, [...path, String(index)]),
        },
      ];
    }),
  );
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

function normalised(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}
