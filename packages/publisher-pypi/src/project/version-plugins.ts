import { parsePypiName } from '@ameide/versioning-core';
import { buildBackend, requiredNames } from './build-system.ts';
import { type Table, tableAt, tableOf } from './toml.ts';
import type { VersionSource, VersionVariables } from './version-source.ts';

/**
 * Returns the variable by which a release overrides a plugin's version; each plugin documents its
 * own. `names` are the build requirements.
 */
export function pluginVersion(
  root: Table,
  names: ReadonlySet<string>,
  projectName: string,
): VersionSource | undefined {
  const tool = tableAt(root, 'tool');
  const hatch = tableAt(tool, 'hatch', 'version');
  if (names.has('uv-dynamic-versioning')) return variable('UV_DYNAMIC_VERSIONING_BYPASS');
  if (names.has('poetry-dynamic-versioning')) return variable('POETRY_DYNAMIC_VERSIONING_BYPASS');
  if (names.has('pbr')) return variable('PBR_VERSION');
  if (names.has('hatch-vcs') && hatch['source'] === 'vcs') return hatchVcs(hatch, projectName);
  if (hatch['source'] === 'env' && typeof hatch['variable'] === 'string')
    return variable(hatch['variable']);
  if (isSetuptoolsScm(tool, names))
    return { kind: 'environment', ...setuptoolsScmOf(tool, projectName) };
  if (names.has('pdm-backend') && tableAt(tool, 'pdm', 'version')['source'] === 'scm')
    return variable('PDM_BUILD_SCM_VERSION');
  return undefined;
}

/**
 * Returns what plugins must be given although the version comes from elsewhere: setuptools-scm may
 * write its own into a file, also if only setup.py names it, and uv-dynamic-versioning into
 * requirements.
 */
export function extraVariables(root: Table, projectName: string): VersionVariables {
  const names = requiredNames(root);
  const isSetuptools = buildBackend(root).startsWith('setuptools.') || names.has('setuptools-scm');
  const scm = isSetuptools
    ? setuptoolsScmOf(tableAt(root, 'tool'), projectName)
    : { variables: [] };
  const uv = names.has('uv-dynamic-versioning') ? ['UV_DYNAMIC_VERSIONING_BYPASS'] : [];
  return { ...scm, variables: [...scm.variables, ...uv] };
}

/** The name in the project's settings wins. */
function setuptoolsScmOf(tool: Table, projectName: string): VersionVariables {
  const { dist_name: name } = tableOf(tool['setuptools_scm']);
  return setuptoolsScm(typeof name === 'string' ? name : projectName);
}

/** scikit-build-core asks for setuptools-scm itself, if that is the provider of the version. */
function isSetuptoolsScm(tool: Table, names: ReadonlySet<string>): boolean {
  const { provider } = tableAt(tool, 'scikit-build', 'metadata', 'version');
  if (provider !== undefined) return provider === 'scikit_build_core.metadata.setuptools_scm';
  const isComputed = tool['setuptools_scm'] !== undefined || !hasSetuptoolsVersion(tool);
  return names.has('setuptools-scm') && isComputed;
}

/**
 * True if setuptools reads the version from a file, whatever setuptools-scm computes: a project may
 * use that only for its list of tracked files.
 */
export function hasSetuptoolsVersion(tool: Table): boolean {
  return tableAt(tool, 'setuptools', 'dynamic')['version'] !== undefined;
}

/**
 * Only for this project, because setuptools-scm may also build a build requirement from source.
 * Version 8 and later normalise the name in the variable; older ones use it in capitals, as
 * written.
 */
function setuptoolsScm(distribution: string): VersionVariables {
  const normalised = parsePypiName(distribution).replaceAll('-', '_').toUpperCase();
  const names = new Set([normalised, distribution.toUpperCase()]);
  const variables = [...names].map((name) => `SETUPTOOLS_SCM_PRETEND_VERSION_FOR_${name}`);
  const commitVariables = [...names].map((name) => `SETUPTOOLS_SCM_PRETEND_METADATA_FOR_${name}`);
  return { variables, commitVariables };
}

/** hatch-vcs tells setuptools-scm whose version it asks for only if the project says so. */
function hatchVcs(hatch: Table, projectName: string): VersionSource {
  const { dist_name: name } = tableOf(hatch['raw-options']);
  if (typeof name === 'string') return { kind: 'environment', ...setuptoolsScm(name) };
  const path = ['tool', 'hatch', 'version', 'raw-options', 'dist_name'];
  const settings = [{ path, value: projectName }];
  return { kind: 'environment', ...setuptoolsScm(projectName), settings };
}

function variable(name: string): VersionSource {
  return { kind: 'environment', variables: [name] };
}
