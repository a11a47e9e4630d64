import { InvalidInputError, parsePypiName } from '@ameide/versioning-core';

type Table = Readonly<Record<string, unknown>>;

/** Where a project's build takes its version from, and so how a release gives it its own. */
export type VersionSource =
  /** `version` in a table of pyproject.toml, which is stamped. */
  | { readonly kind: 'field'; readonly path: readonly string[] }
  /** A plugin that computes it, and that an environment variable overrides. */
  | { readonly kind: 'environment'; readonly variables: readonly string[] }
  /** A file, of which one of these is there: its assignment, or all of it, is stamped. */
  | { readonly kind: 'file'; readonly candidates: readonly string[]; readonly name?: string };

/**
 * Decides it from pyproject.toml (PEP 621). Throws `InvalidInputError`, code
 * `pypi-dynamic-version`, where nothing known can override what the build computes.
 */
export function versionSource(root: Table, file: string): VersionSource {
  const project = table(root['project']);
  const dynamic = project['dynamic'];
  if (!Array.isArray(dynamic) || !dynamic.includes('version'))
    return { kind: 'field', path: ['project', 'version'] };
  const tool = table(root['tool']);
  const found =
    ofPlugin(root, String(project['name'])) ??
    ofPoetry(tool) ??
    ofFile(root, tool, String(project['name']));
  if (found !== undefined) return found;
  throw new InvalidInputError(
    {
      field: file,
      received: 'dynamic = ["version"]',
      expected: 'a version that a release can set: static, or computed by a known plugin or file',
      hint: 'Known are setuptools-scm, hatch-vcs, pdm-backend, poetry-dynamic-versioning, uv-dynamic-versioning, and the files that hatchling, setuptools, pdm-backend and flit read it from. Otherwise take "version" out of dynamic and write version = "0.0.0".',
    },
    'pypi-dynamic-version',
  );
}

/** Each variable is documented by its plugin as what replaces the version that it computes. */
function ofPlugin(root: Table, projectName: string): VersionSource | undefined {
  const { requires } = table(root['build-system']);
  const names = new Set((Array.isArray(requires) ? requires : []).map(nameOf));
  const normalised = parsePypiName(projectName).replaceAll('-', '_').toUpperCase();
  // The second is for a plugin that does not know whose build this is.
  const scm = [
    `SETUPTOOLS_SCM_PRETEND_VERSION_FOR_${normalised}`,
    'SETUPTOOLS_SCM_PRETEND_VERSION',
  ];
  const tool = table(root['tool']);
  const pdm = table(table(tool['pdm'])['version']);
  if (names.has('uv-dynamic-versioning')) return variables('UV_DYNAMIC_VERSIONING_BYPASS');
  if (names.has('poetry-dynamic-versioning')) return variables('POETRY_DYNAMIC_VERSIONING_BYPASS');
  if (names.has('hatch-vcs') && table(table(tool['hatch'])['version'])['source'] === 'vcs')
    return variables(...scm);
  const isComputed = tool['setuptools_scm'] !== undefined || !hasSetuptoolsVersion(tool);
  if (names.has('setuptools-scm') && isComputed) return variables(...scm);
  if (names.has('pdm-backend') && pdm['source'] === 'scm')
    return variables('PDM_BUILD_SCM_VERSION');
  return undefined;
}

/** setuptools-scm may be there for its list of tracked files alone. */
function hasSetuptoolsVersion(tool: Table): boolean {
  return table(table(tool['setuptools'])['dynamic'])['version'] !== undefined;
}

function variables(...names: readonly string[]): VersionSource {
  return { kind: 'environment', variables: names };
}

/** poetry-core 2 takes a dynamic version from its own table. */
function ofPoetry(tool: Table): VersionSource | undefined {
  const poetry = table(tool['poetry']);
  const path = ['tool', 'poetry', 'version'];
  return typeof poetry['version'] === 'string' ? { kind: 'field', path } : undefined;
}

function ofFile(root: Table, tool: Table, projectName: string): VersionSource | undefined {
  const hatch = table(table(tool['hatch'])['version']);
  if (typeof hatch['path'] === 'string' && (hatch['source'] ?? 'regex') === 'regex')
    return ofHatchFile(hatch['path'], hatch['pattern']);
  const pdm = table(table(tool['pdm'])['version']);
  if (pdm['source'] === 'file' && typeof pdm['path'] === 'string')
    return { kind: 'file', candidates: [pdm['path']], name: '__version__' };
  const setuptools = table(table(table(tool['setuptools'])['dynamic'])['version']);
  if (typeof setuptools['file'] === 'string')
    return { kind: 'file', candidates: [setuptools['file']] };
  if (typeof setuptools['attr'] === 'string') return ofAttribute(setuptools['attr']);
  const backend = table(root['build-system'])['build-backend'];
  if (backend === 'flit_core.buildapi') return ofFlit(tool, projectName);
  return undefined;
}

/** Of hatchling's own pattern, which ignores case. */
const HATCH_NAMES = '__version__|VERSION';

/**
 * Hatchling's `pattern`: true is its own; any other regular expression is Python's, and what it
 * would find is not known here.
 */
function ofHatchFile(path: string, pattern: unknown): VersionSource | undefined {
  const isItsOwn = pattern === undefined || pattern === true || pattern === '';
  return isItsOwn ? { kind: 'file', candidates: [path], name: HATCH_NAMES } : undefined;
}

/** `acme.__version__`: a module, in either layout, and the name of its variable. */
function ofAttribute(attribute: string): VersionSource | undefined {
  const cut = attribute.lastIndexOf('.');
  if (cut <= 0) return undefined;
  const module = attribute.slice(0, cut).replaceAll('.', '/');
  return { kind: 'file', candidates: moduleFiles(module), name: attribute.slice(cut + 1) };
}

function ofFlit(tool: Table, projectName: string): VersionSource {
  const named = table(table(tool['flit'])['module'])['name'];
  const module = typeof named === 'string' ? named : projectName.replaceAll('-', '_');
  return { kind: 'file', candidates: moduleFiles(module), name: '__version__' };
}

function moduleFiles(module: string): readonly string[] {
  return ['src/', ''].flatMap((root) => [`${root}${module}/__init__.py`, `${root}${module}.py`]);
}

/**
 * The text with the version in it: all of a file that holds nothing else, or the one assignment
 * `name = "…"` at the start of a line. Undefined where there is none.
 */
export function stampVersionFile(
  text: string,
  version: string,
  name: string | undefined,
): string | undefined {
  if (name === undefined) return `${version}\n`;
  // As hatchling looks for it: an annotation may be there, and a "v" before the number.
  const assignment = new RegExp(
    `^((?:${name})(?:\\s*:\\s*str)?\\s*=\\s*)(['"])[^'"\\n]*\\2`,
    name === HATCH_NAMES ? 'im' : 'm',
  );
  const stamped = text.replace(assignment, (_all, before: string) => `${before}"${version}"`);
  return stamped === text && !text.includes(`"${version}"`) ? undefined : stamped;
}

function nameOf(requirement: unknown): string {
  const [, name = ''] = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(String(requirement)) ?? [];
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

function table(value: unknown): Table {
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isTable ? (value as Table) : {};
}
