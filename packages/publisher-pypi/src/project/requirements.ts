import { type Table, tableOf } from './toml.ts';

/** A requirement that the build uses as the project states it. */
export interface Requirement {
  /** Where it is stated: `project.dependencies[0]`. */
  readonly field: string;
  /** PEP 508: `models>=1.0`, `models @ https://…`. */
  readonly text: string;
}

/** Returns the requirements of a `[project]` table. Dynamic ones are known only after the build. */
export function projectRequirements(project: Table): readonly Requirement[] {
  const optional = tableOf(project['optional-dependencies']);
  return [
    ...listed('project.dependencies', project['dependencies']),
    ...Object.entries(optional).flatMap(([extra, list]) =>
      listed(`project.optional-dependencies.${extra}`, list),
    ),
  ];
}

/** Returns the strings of a list. The build backend refuses anything else. */
function listed(field: string, list: unknown): readonly Requirement[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((text: unknown, index) =>
    typeof text === 'string' ? [{ field: `${field}[${index}]`, text }] : [],
  );
}

/**
 * Returns the requirements by address in `[tool.poetry.dependencies]`: a path, a git repository or
 * a URL.
 */
export function poetryRequirements(poetry: Table): readonly Requirement[] {
  return Object.entries(tableOf(poetry['dependencies'])).flatMap(([name, given]) =>
    [given].flat().flatMap((constraint) => {
      const address = poetryAddress(tableOf(constraint));
      const field = `tool.poetry.dependencies.${name}`;
      return address === undefined ? [] : [{ field, text: `${name} @ ${address}` }];
    }),
  );
}

function poetryAddress({ git, path, url }: Table): string | undefined {
  if (typeof path === 'string') return `file:${path}`;
  if (typeof git === 'string') return `git+${git}`;
  return typeof url === 'string' ? url : undefined;
}
