import type { TomlValue } from '@ameide/source-files/toml';
import { InvalidInputError } from '@ameide/versioning-core';
import { buildBackend, isPoetrys, requiredNames } from './build-system.ts';
import { isPattern } from './python-pattern.ts';
import { type Table, tableAt, tableOf } from './toml.ts';
import { hasSetuptoolsVersion, pluginVersion } from './version-plugins.ts';

/** The environment variables by which a plugin is given what it would ask git for. */
export interface VersionVariables {
  /** A release sets each to the version. */
  readonly variables: readonly string[];
  /** A release sets each to the commit. */
  readonly commitVariables?: readonly string[];
}

/** Where a project's build gets its version from, and so how a release sets it. */
export type VersionSource =
  /** `version` in a table of pyproject.toml, which a release overwrites. */
  | { readonly kind: 'field'; readonly path: readonly string[] }
  /** `version` in `[metadata]` of setup.cfg, which a release overwrites. */
  | { readonly kind: 'setup.cfg' }
  /** `version = '…'` in setup.py, which a release overwrites. */
  | { readonly kind: 'setup.py' }
  /** A plugin computes it. `settings` of pyproject.toml make it read the variables. */
  | (VersionVariables & {
      readonly kind: 'environment';
      readonly settings?: readonly TomlValue[];
    })
  /**
   * One of these files, relative to the project's folder: the first at the commit that has a place
   * for a version. A release overwrites the assignment, or the whole file.
   */
  | {
      readonly kind: 'file';
      readonly candidates: readonly string[];
      readonly name?: string;
      /** A Python regular expression whose group `version` is the place. */
      readonly pattern?: string;
      /** The source if the commit has no candidate: a plugin writes the file during the build. */
      readonly otherwise?: VersionSource;
    }
  /** `project(version: '…')` in meson.build, which a release overwrites. */
  | { readonly kind: 'meson.build' }
  /** `version` in `[package]` of a Cargo.toml, which a release overwrites. */
  | { readonly kind: 'Cargo.toml'; readonly path: string };

/**
 * Finds where a dynamic version comes from, by pyproject.toml (PEP 621). Throws
 * `InvalidInputError`, code `pypi-dynamic-version`, if we know no way to override what the build
 * computes.
 */
export function dynamicVersion(root: Table, name: string, file: string): VersionSource {
  const plugin = pluginVersion(root, requiredNames(root), name);
  const written = versionFile(root, name);
  if (plugin !== undefined)
    return written?.kind === 'file' && hasSetuptoolsVersion(tableAt(root, 'tool'))
      ? { ...written, otherwise: plugin }
      : plugin;
  const found = poetryVersion(root) ?? written;
  if (found !== undefined) return found;
  throw unknownSource(root, file, 'dynamic = ["version"]', IN_PROJECT);
}

const IN_PROJECT =
  'Take "version" out of dynamic, and write version = "0.0.0" in [project]: every release stamps its own.';
const KNOWN =
  'Known are setuptools-scm, hatch-vcs, pbr, pdm-backend, poetry-dynamic-versioning, uv-dynamic-versioning, and the files that hatchling, setuptools, pdm-backend, flit, meson-python, scikit-build-core and maturin read it from.';

/** From hatchling's own pattern, which ignores case. scikit-build-core's is the same. */
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
  const hatch = tableAt(root, 'tool', 'hatch', 'version');
  const isExpression = hatch['pattern'] !== undefined || hatch['expression'] !== undefined;
  const reason = isExpression
    ? 'Only hatchling knows what this pattern or expression of [tool.hatch.version] finds.'
    : KNOWN;
  return new InvalidInputError(
    {
      field: file,
      received,
      expected: 'a version that a release can set: static, or computed by a known plugin or file',
      hint: `${reason} ${way}`,
    },
    'pypi-dynamic-version',
  );
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
  return backendsFile(root, tool, projectName);
}

function backendsFile(root: Table, tool: Table, projectName: string): VersionSource | undefined {
  switch (buildBackend(root)) {
    case 'flit_core.buildapi':
      return flitModule(tool, projectName);
    case 'mesonpy':
      return { kind: 'meson.build' };
    case 'maturin':
      return { kind: 'Cargo.toml', path: cargoManifest(tableAt(tool, 'maturin')) };
    case 'scikit_build_core.build':
      return scikitBuildFile(tableAt(tool, 'scikit-build', 'metadata', 'version'));
    default:
      return undefined;
  }
}

function cargoManifest({ 'manifest-path': path }: Table): string {
  return typeof path === 'string' ? path : 'Cargo.toml';
}

/** With its own pattern alone: we do not know what another one finds. */
function scikitBuildFile({ input, provider, ...more }: Table): VersionSource | undefined {
  const isPlain = provider === 'scikit_build_core.metadata.regex' && Object.keys(more).length === 0;
  return isPlain && typeof input === 'string'
    ? { kind: 'file', candidates: [input], name: HATCH_NAMES }
    : undefined;
}

/**
 * Returns the file that hatchling reads, or runs for `source = "code"`. Returns undefined for an
 * `expression`, and for a `pattern` that only Python can read: we do not know what they find.
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
  if (!isKnown) return undefined;
  if (isItsOwn) return { kind: 'file', candidates, name: HATCH_NAMES };
  return typeof pattern === 'string' && isPattern(pattern)
    ? { kind: 'file', candidates, pattern }
    : undefined;
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
  const { name } = tableAt(tool, 'flit', 'module');
  const module = typeof name === 'string' ? name : projectName.replaceAll('-', '_');
  // A dot is a namespace package: https://flit.pypa.io/en/stable/pyproject_toml.html
  const path = module.replaceAll('.', '/');
  return { kind: 'file', candidates: moduleFiles(path), name: '__version__' };
}

function moduleFiles(module: string): readonly string[] {
  return ['src/', ''].flatMap((root) => [`${root}${module}/__init__.py`, `${root}${module}.py`]);
}
