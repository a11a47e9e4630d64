import { InvalidInputError, parsePypiName } from '@ameide/versioning-core';
import { buildBackend, isPoetrys, requiredNames } from './build-system.ts';
import { type Table, tableAt, tableOf } from './toml.ts';

/** Where a project's build gets its version from, and so how a release sets it. */
export type VersionSource =
  /** `version` in a table of pyproject.toml, which a release overwrites. */
  | { readonly kind: 'field'; readonly path: readonly string[] }
  /** `version` in `[metadata]` of setup.cfg, which a release overwrites. */
  | { readonly kind: 'setup.cfg' }
  /** A plugin computes it; one of these environment variables overrides the result. */
  | { readonly kind: 'environment'; readonly variables: readonly string[] }
  /**
   * The first of these files that exists; a release overwrites the assignment, or the whole file.
   */
  | { readonly kind: 'file'; readonly candidates: readonly string[]; readonly name?: string }
  /** `project(version: '…')` in meson.build, which a release overwrites. */
  | { readonly kind: 'meson.build' };

/**
 * Finds where a dynamic version comes from, by pyproject.toml (PEP 621). Throws
 * `InvalidInputError`, code `pypi-dynamic-version`, if we know no way to override what the build
 * computes.
 */
export function dynamicVersion(root: Table, name: string, file: string): VersionSource {
  const found = pluginVersion(root, name) ?? poetryVersion(root) ?? versionFile(root, name);
  if (found !== undefined) return found;
  throw unknownSource(root, file, 'dynamic = ["version"]', IN_PROJECT);
}

const IN_PROJECT =
  'Take "version" out of dynamic, and write version = "0.0.0" in [project]: every release stamps its own.';
const KNOWN =
  'Known are setuptools-scm, hatch-vcs, pdm-backend, poetry-dynamic-versioning, uv-dynamic-versioning, and the files that hatchling, setuptools, pdm-backend, flit and meson-python read it from.';

/** From hatchling's own pattern, which ignores case. */
export const HATCH_NAMES = '__version__|VERSION';

/**
 * The error for a version that a build computes and that we cannot override. `way` says what to do.
 */
export function unknownSource(
  root: Table,
  file: string,
  received: string,
  way: string,
): InvalidInputError {
  return new InvalidInputError(
    {
      field: file,
      received,
      expected: 'a version that a release can set: static, or computed by a known plugin or file',
      hint: `${unsupported(root) ?? KNOWN} ${way}`,
    },
    'pypi-dynamic-version',
  );
}

/** Returns why a well-known tool does not let a release set the version. */
function unsupported(root: Table): string | undefined {
  const names = requiredNames(root);
  const hatch = tableAt(root, 'tool', 'hatch', 'version');
  if (names.has('versioningit')) return 'versioningit takes the version from git alone.';
  if (names.has('pbr'))
    return 'pbr takes the version from git, or for every build from PBR_VERSION.';
  if (names.has('maturin'))
    return "maturin takes it from Cargo.toml, whose versions are not Python's, and Cargo.lock repeats it.";
  if (hatch['pattern'] !== undefined || hatch['expression'] !== undefined)
    return 'Only hatchling knows what a pattern or an expression of [tool.hatch.version] finds.';
  return undefined;
}

/**
 * Returns the variable by which a release overrides a plugin's version; each plugin documents its
 * own.
 */
export function pluginVersion(root: Table, projectName: string): VersionSource | undefined {
  const names = requiredNames(root);
  const tool = tableAt(root, 'tool');
  const hatch = tableAt(tool, 'hatch', 'version');
  if (names.has('uv-dynamic-versioning')) return variable('UV_DYNAMIC_VERSIONING_BYPASS');
  if (names.has('poetry-dynamic-versioning')) return variable('POETRY_DYNAMIC_VERSIONING_BYPASS');
  if (names.has('hatch-vcs') && hatch['source'] === 'vcs') return hatchVcs(hatch);
  if (hatch['source'] === 'env' && typeof hatch['variable'] === 'string')
    return variable(hatch['variable']);
  const scm = tableOf(tool['setuptools_scm']);
  const isComputed = tool['setuptools_scm'] !== undefined || !hasSetuptoolsVersion(tool);
  if (names.has('setuptools-scm') && isComputed)
    return setuptoolsScm(textOr(projectName, scm['dist_name']));
  if (names.has('pdm-backend') && tableAt(tool, 'pdm', 'version')['source'] === 'scm')
    return variable('PDM_BUILD_SCM_VERSION');
  return undefined;
}

function textOr(usual: string, given: unknown): string {
  return typeof given === 'string' ? given : usual;
}

/**
 * Only for this project, because setuptools-scm may also build a build requirement from source.
 * Version 8 and later normalise the name in the variable; older ones use it in capitals, as
 * written.
 */
function setuptoolsScm(distribution: string): VersionSource {
  const normalised = parsePypiName(distribution).replaceAll('-', '_').toUpperCase();
  const names = new Set([normalised, distribution.toUpperCase()]);
  const variables = [...names].map((name) => `SETUPTOOLS_SCM_PRETEND_VERSION_FOR_${name}`);
  return { kind: 'environment', variables };
}

/** hatch-vcs does not tell setuptools-scm whose build it is, unless the project does. */
function hatchVcs(hatch: Table): VersionSource {
  const { dist_name: name } = tableOf(hatch['raw-options']);
  return typeof name === 'string'
    ? setuptoolsScm(name)
    : variable('SETUPTOOLS_SCM_PRETEND_VERSION');
}

/** A project may use setuptools-scm only for its list of tracked files. */
function hasSetuptoolsVersion(tool: Table): boolean {
  return tableAt(tool, 'setuptools', 'dynamic')['version'] !== undefined;
}

function variable(name: string): VersionSource {
  return { kind: 'environment', variables: [name] };
}

/** poetry-core 2 reads a dynamic version from its own table. */
function poetryVersion(root: Table): VersionSource | undefined {
  const path = ['tool', 'poetry', 'version'];
  const { version } = tableAt(root, 'tool', 'poetry');
  return typeof version === 'string' && isPoetrys(root) ? { kind: 'field', path } : undefined;
}

function versionFile(root: Table, projectName: string): VersionSource | undefined {
  const tool = tableAt(root, 'tool');
  const hatch = tableAt(tool, 'hatch', 'version');
  if (typeof hatch['path'] === 'string') return hatchFile(hatch, hatch['path']);
  const pdm = tableAt(tool, 'pdm', 'version');
  if (pdm['source'] === 'file' && typeof pdm['path'] === 'string')
    return { kind: 'file', candidates: [pdm['path']], name: '__version__' };
  const setuptools = tableOf(tableAt(tool, 'setuptools', 'dynamic')['version']);
  const listed = [setuptools['file']].flat();
  if (listed.length === 1 && typeof listed[0] === 'string')
    return { kind: 'file', candidates: [listed[0]] };
  if (typeof setuptools['attr'] === 'string') return attributeFile(setuptools['attr']);
  const backend = buildBackend(root);
  if (backend === 'flit_core.buildapi') return flitModule(tool, projectName);
  return backend === 'mesonpy' ? { kind: 'meson.build' } : undefined;
}

/**
 * Returns the file that hatchling reads, or runs for `source = "code"`. Returns undefined for the
 * project's own `pattern`, a Python regular expression, or an `expression`: we do not know what
 * they find.
 */
function hatchFile(
  { expression, pattern, source }: Table,
  path: string,
): VersionSource | undefined {
  const candidates = [path];
  if (source === 'code')
    return expression === undefined || expression === '__version__'
      ? { kind: 'file', candidates, name: '__version__' }
      : undefined;
  const isItsOwn = pattern === undefined || pattern === true || pattern === '';
  const isKnown = source === undefined || source === 'regex';
  return isItsOwn && isKnown ? { kind: 'file', candidates, name: HATCH_NAMES } : undefined;
}

/** Reads `acme.__version__`: a module, in either layout, and the name of its variable. */
export function attributeFile(attribute: string): VersionSource | undefined {
  const cut = attribute.lastIndexOf('.');
  const name = attribute.slice(cut + 1);
  if (cut <= 0 || !/^\w+$/.test(name)) return undefined;
  const module = attribute.slice(0, cut).replaceAll('.', '/');
  return { kind: 'file', candidates: moduleFiles(module), name };
}

function flitModule(tool: Table, projectName: string): VersionSource {
  const usual = projectName.replaceAll('-', '_');
  const module = textOr(usual, tableAt(tool, 'flit', 'module')['name']);
  return { kind: 'file', candidates: moduleFiles(module), name: '__version__' };
}

function moduleFiles(module: string): readonly string[] {
  return ['src/', ''].flatMap((root) => [`${root}${module}/__init__.py`, `${root}${module}.py`]);
}
