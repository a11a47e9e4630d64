import {
  readSetupCfg,
  readSetupProgram,
  type SetupCfg,
  setupValues,
} from '@ameide/source-files/setuptools';
import { normalisePep440 } from '@ameide/versioning-core';
import { buildBackend, requiredNames, requirementName } from './build-system.ts';
import { isPrivate, type ProjectMetadata, requireName } from './project-metadata.ts';
import { setupRequirements } from './setup-requirements.ts';
import { stampSetupCfg } from './stamp-setup-cfg.ts';
import { invalidPyproject, type Table } from './toml.ts';
import { pluginVersion } from './version-plugins.ts';
import { attributeFile, unknownSource, type VersionSource } from './version-source.ts';

/** The files next to pyproject.toml that may contain a project's metadata. */
export interface SetupFiles {
  readonly setupCfg?: string | undefined;
  readonly setupPy?: string | undefined;
}

/**
 * Reads a setuptools project with its metadata in setup.cfg. Throws `InvalidInputError`, code
 * `pypi-invalid-pyproject` or `pypi-dynamic-version`, also if only running its setup.py could tell
 * the metadata.
 */
export function readSetupMetadata(
  root: Table,
  file: string,
  { setupCfg, setupPy }: SetupFiles,
): ProjectMetadata {
  const setupFile = file.replace(/pyproject\.toml$/, 'setup.cfg');
  const setup = readSetupCfg(setupCfg ?? '', setupFile);
  const program = readSetupProgram(setupPy ?? '');
  const written = oneValue(setup, 'name') ?? program.name;
  const isSetuptools = /^(?:setuptools\.build_meta|pbr\.build$)/.test(buildBackend(root));
  if (written === undefined || program.hasUrls || !isSetuptools)
    throw noMetadata(file, isSetuptools && setupPy !== undefined);
  const name = requireName(written, 'metadata.name', setupFile);
  const names = new Set([...requiredNames(root), ...setupRequires(setup, setupPy)]);
  const isPassed = program.version !== undefined && pluginVersion(root, names, name) === undefined;
  const versionSource: VersionSource = isPassed
    ? { kind: 'setup.py' }
    : setupVersion(root, names, setup, name, setupFile);
  const version = versionSource.kind === 'setup.cfg' ? { version: '0.0.0' } : {};
  const sourceCommit = 'https://example.invalid/commit/0';
  stampSetupCfg(setupCfg ?? '', { sourceCommit, ...version }, setupFile);
  return {
    name,
    versionSource,
    // pbr's name for it, which setuptools takes as well.
    isPrivate: ['classifiers', 'classifier'].some((field) =>
      isPrivate(setupValues(setup, 'metadata', field)),
    ),
    requirements: setupRequirements(setup),
  };
}

function noMetadata(file: string, hasProgram: boolean): Error {
  return invalidPyproject(
    file,
    'a [project] table with name and version (PEP 621)',
    hasProgram
      ? 'setup.py is a program: a release stamps a version that it passes as a plain string, beside a plain name and without project_urls. Move name and version = "0.0.0" to [project]; setup.py may keep the rest.'
      : 'Add [project] with name and version = "0.0.0".',
  );
}

function oneValue(setup: SetupCfg, name: string): string | undefined {
  const values = setupValues(setup, 'metadata', name) ?? [];
  return values.length === 1 ? values[0] : undefined;
}

/** What setuptools installs before it builds, besides what `[build-system]` requires. */
function setupRequires(setup: SetupCfg, setupPy = ''): readonly string[] {
  const [list = ''] = /\bsetup_requires\s*=\s*(?:\[[^\]]*\]|(['"])[^'"\n]*\1)/.exec(setupPy) ?? [];
  const written = setupValues(setup, 'options', 'setup_requires') ?? [];
  const passed = [...list.matchAll(/(['"])(.*?)\1/g)].map(([, , requirement]) => requirement);
  return [...written, ...passed].map(requirementName);
}

function setupVersion(
  root: Table,
  names: ReadonlySet<string>,
  setup: SetupCfg,
  name: string,
  file: string,
): VersionSource {
  const version = oneValue(setup, 'version');
  // pbr reads a version only as the one that its own leads to.
  const isComputed = version === undefined || names.has('pbr');
  const plugin = pluginVersion(root, names, name);
  const found = isComputed ? plugin : writtenVersion(version);
  if (found?.kind === 'file' && plugin !== undefined) return { ...found, otherwise: plugin };
  if (found !== undefined) return found;
  throw unknownSource(root, file, version ?? 'no version', IN_SETUP_CFG);
}

const IN_SETUP_CFG =
  'Write version = 0.0.0 in [metadata], or pass version="0.0.0" to setup() in setup.py, once and as a plain string.';

/** Reads the version in setup.cfg: the version itself, or where it comes from. */
function writtenVersion(version: string): VersionSource | undefined {
  const [, directive, argument = ''] = /^(attr|file)\s*:\s*(.+)$/.exec(version) ?? [];
  if (directive === 'file' && !argument.includes(','))
    return { kind: 'file', candidates: [argument] };
  if (directive === 'attr') return attributeFile(argument);
  return normalisePep440(version) === undefined ? undefined : { kind: 'setup.cfg' };
}
