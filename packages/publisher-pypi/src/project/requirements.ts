import { type Pep508, parsePep508 } from '@ameide/source-files/python';
import type { TomlChange } from '@ameide/source-files/toml';
import { isPoetrys } from './build-system.ts';
import type { Syntax } from './specifiers.ts';
import { isTable, type Table, tableAt, tableOf } from './toml.ts';
import { fillVersion, requirementTemplates } from './version-templates.ts';

/** A requirement that the build uses as the project states it. */
export interface Requirement {
  /** Where it is stated: `project.dependencies[0]`. */
  readonly field: string;
  /** Where it is stated, if that is a file of requirements, relative to the project's folder. */
  readonly place?: { readonly file: string; readonly line: number };
  /** PEP 508: `models>=1.0`, `models @ https://…`. */
  readonly text: string;
  /** Normalised, PEP 503. */
  readonly name: string;
  /** Empty if any version will do, or with an address. */
  readonly specifier: string;
  readonly syntax: Syntax;
  /** Where to get it from, instead of by version. */
  readonly address?: string;
  /** True if the project's tools take it from a folder. */
  readonly isLocal: boolean;
}

/** A requirement of a pyproject.toml. */
export interface TomlRequirement extends Requirement {
  /** Returns what makes it another specifier. */
  readonly withSpecifier: (specifier: string) => readonly TomlChange[];
}

/** Names that the project's tools take from folders, PEP 503. */
export type LocalNames = ReadonlySet<string>;

/**
 * Returns the requirements that a pyproject.toml states. Others that are dynamic are known only after
 * the build. `inherited`: the names that a workspace's root takes from folders.
 */
export function pyprojectRequirements(
  root: Table,
  inherited: Iterable<string> = [],
): readonly TomlRequirement[] {
  const { project } = root;
  const local = new Set([...inherited, ...localNames(root)]);
  const poetrys = isPoetrys(root) ? poetryRequirements(tableAt(root, 'tool', 'poetry')) : [];
  if (!isTable(project)) return poetrys;
  const stated = [...projectRequirements(project, local), ...templateRequirements(root, local)];
  return takesPoetrys(project) ? [...stated, ...poetrys] : stated;
}

/** The plugin's version means this release's, as the placeholder does. */
function templateRequirements(root: Table, local: LocalNames): readonly TomlRequirement[] {
  return requirementTemplates(root).flatMap(({ path, value }) =>
    requirementAt(path, fillVersion(value, '0.0.0'), local),
  );
}

/** As poetry-core decides whether its own table counts beside `[project]`. */
function takesPoetrys(project: Table): boolean {
  const { dependencies, dynamic } = project;
  const optional = tableOf(project['optional-dependencies']);
  const fields: readonly unknown[] = Array.isArray(dynamic) ? dynamic : [];
  const isDynamic = fields.includes('dependencies') || fields.includes('optional-dependencies');
  return isDynamic || (dependencies === undefined && Object.keys(optional).length === 0);
}

function projectRequirements(project: Table, local: LocalNames): readonly TomlRequirement[] {
  const optional = tableOf(project['optional-dependencies']);
  return [
    ...listed(['project', 'dependencies'], project['dependencies'], local),
    ...Object.entries(optional).flatMap(([extra, list]) =>
      listed(['project', 'optional-dependencies', extra], list, local),
    ),
  ];
}

/** Returns the build requirements. A release never changes them, as the build itself uses them. */
export function buildRequirements(root: Table): readonly Requirement[] {
  const { requires } = tableAt(root, 'build-system');
  return listed(['build-system', 'requires'], requires, new Set());
}

/** Returns the strings of a list. The build backend refuses anything else. */
function listed(
  path: readonly string[],
  list: unknown,
  local: LocalNames,
): readonly TomlRequirement[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((text: unknown, index) =>
    typeof text === 'string' ? requirementAt([...path, String(index)], text, local) : [],
  );
}

/** Returns no requirement for a text that is none. */
function requirementAt(
  path: readonly string[],
  text: string,
  local: LocalNames,
): readonly TomlRequirement[] {
  const parsed = parsePep508(text);
  if (parsed === undefined) return [];
  const { withSpecifier } = parsed;
  const field = `${path.slice(0, -1).join('.')}[${path.at(-1)}]`;
  return [
    {
      ...statedRequirement(field, text, local),
      withSpecifier: (specifier: string) => [{ path, value: withSpecifier(specifier) }],
    },
  ];
}

/** Describes a requirement that is written as PEP 508 writes it. */
export function statedRequirement(field: string, text: string, local: LocalNames): Requirement {
  const { address, name = '', specifier = '' }: Partial<Pep508> = parsePep508(text) ?? {};
  const isLocal = local.has(name) || (address !== undefined && isFolder(address));
  const from = address === undefined ? {} : { address };
  return { field, text, name, specifier, syntax: 'pep440', isLocal, ...from };
}

/** `file:///srv/core`, `../core`, PDM's `file:///${PROJECT_ROOT}/../core`, `{root:uri}/../core`. */
function isFolder(address: string): boolean {
  return /^file:|^\{root(?::[^}]*)?\}|^(?![A-Za-z][A-Za-z0-9+.-]*:)/i.test(address);
}

/** Returns the requirements of `[tool.poetry.dependencies]`. */
function poetryRequirements(poetry: Table): readonly TomlRequirement[] {
  return Object.entries(tableOf(poetry['dependencies'])).flatMap(([key, given]) => {
    const path = ['tool', 'poetry', 'dependencies', key];
    return Array.isArray(given)
      ? given.map((one: unknown, index) => poetryRequirement(key, one, [...path, String(index)]))
      : [poetryRequirement(key, given, path)];
  });
}

function poetryRequirement(key: string, given: unknown, path: readonly string[]): TomlRequirement {
  const table = tableOf(given);
  const address = poetryAddress(table);
  const written = typeof given === 'string' ? given : table['version'];
  const specifier = typeof written === 'string' ? written.trim() : '';
  return {
    field: `tool.poetry.dependencies.${key}`,
    text: address === undefined ? `${key} ${specifier}` : `${key} @ ${address}`,
    name: parsePep508(key)?.name ?? '',
    specifier,
    syntax: 'poetry',
    isLocal: typeof table['path'] === 'string',
    ...(address === undefined ? {} : { address }),
    withSpecifier: (value) =>
      typeof given === 'string' ? [{ path, value }] : poetryTableChanges(table, path, value),
  };
}

/** poetry-core takes `develop` with a path alone. */
function poetryTableChanges(
  table: Table,
  path: readonly string[],
  value: string,
): readonly TomlChange[] {
  const version: TomlChange = { path: [...path, 'version'], value, insteadOf: 'path' };
  return 'path' in table && 'develop' in table
    ? [version, { path: [...path, 'develop'], remove: true }]
    : [version];
}

function poetryAddress({ git, path, url }: Table): string | undefined {
  if (typeof path === 'string') return `file:${path}`;
  if (typeof git === 'string') return `git+${git}`;
  return typeof url === 'string' ? url : undefined;
}

/** Returns the names that uv takes from its workspace or a path, and Poetry from a path. */
export function localNames(root: Table): LocalNames {
  const isLocal = (source: unknown): boolean => {
    const { path, workspace } = tableOf(source);
    return workspace === true || typeof path === 'string';
  };
  const sources = [
    tableAt(root, 'tool', 'uv', 'sources'),
    tableAt(root, 'tool', 'poetry', 'dependencies'),
  ].flatMap((table) => Object.entries(table));
  const local = sources.filter(([, given]) => [given].flat().some(isLocal));
  return new Set(local.map(([name]) => parsePep508(name)?.name ?? ''));
}
