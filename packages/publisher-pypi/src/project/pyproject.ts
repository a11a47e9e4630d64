import { InvalidInputError, parsePypiName } from '@ameide/versioning-core';
import { buildBackend, requireBuildSystem } from './build-system.ts';
import { type CertainFiles, certainFiles } from './certain-files.ts';
import { readPoetryTable } from './poetry-table.ts';
import {
  isPrivate,
  type ProjectMetadata,
  requireName,
  requireUrls,
  requireVersion,
} from './project-metadata.ts';
import { type RequirementFiles, requirementPaths } from './requirement-files.ts';
import {
  buildRequirements,
  localNames as ownLocalNames,
  pyprojectRequirements,
  type Requirement,
} from './requirements.ts';
import { readSetupMetadata, type SetupFiles } from './setup-metadata.ts';
import { stamp } from './stamp.ts';
import { type StatedMetadata, statedMetadata } from './stated-metadata.ts';
import { invalidPyproject, isTable, parseToml, type Table, tableAt } from './toml.ts';
import { extraVariables } from './version-plugins.ts';
import { dynamicVersion, type VersionVariables } from './version-source.ts';
import { refuseVersionWriters } from './version-writers.ts';

/** What `open` reads from a project's files. */
export interface PythonProject extends ProjectMetadata {
  /** PEP 503. */
  readonly normalisedName: string;
  /** True if the build backend archives HEAD, so its sdist contains only committed files. */
  readonly archivesHead: boolean;
  /** Variables to set for plugins that `versionSource` does not name. */
  readonly extraVariables: VersionVariables;
  readonly certainFiles?: CertainFiles;
  /** The requirements of its build. */
  readonly buildRequirements: readonly Requirement[];
  /** The names that the root of its uv workspace takes from folders, PEP 503. */
  readonly localNames: readonly string[];
  readonly stated: StatedMetadata;
  readonly requirementFiles: RequirementFiles;
}

/** What else `readPyproject` reads. */
export interface FilesBeside extends SetupFiles {
  /** As in `PythonProject`. */
  readonly localNames?: readonly string[];
}

/**
 * Reads and checks a pyproject.toml (PEP 518, 621); an empty text for a project that has none. Throws `InvalidInputError` with the field
 * `file` and the code `pypi-invalid-pyproject`, `pypi-dynamic-version`, `pypi-dynamic-urls` or
 * `pypi-no-build-system`.
 */
export function readPyproject(
  text: string,
  file: string,
  { localNames = [], ...beside }: FilesBeside = {},
): PythonProject {
  const root = parseToml(text, file);
  requireBuildSystem(root, file);
  refuseVersionWriters(root, { file, isVersioneers: usesVersioneer(root, beside) });
  const metadata =
    readProjectTable(root, file, localNames) ??
    readPoetryTable(root, file) ??
    readSetupMetadata(root, file, beside);
  const { name, urlTable, versionSource } = metadata;
  // Stamp it once now, to report a file that cannot be stamped before anything is built or
  // requested.
  const sourceCommit = 'https://example.invalid/commit/0';
  if (urlTable !== undefined)
    stamp(text, { version: '0.0.0', sourceCommit, versionSource, urlTable }, file);
  const certain = certainFiles(root, name);
  return {
    ...metadata,
    normalisedName: parsePypiName(name),
    archivesHead: buildBackend(root) === 'mesonpy',
    extraVariables: extraVariables(root, name),
    buildRequirements: buildRequirements(root),
    localNames,
    stated: statedMetadata(root),
    requirementFiles: {
      paths: requirementPaths(root, beside.setupCfg),
      localNames: [...localNames, ...ownLocalNames(root)],
    },
    ...(certain === undefined ? {} : { certainFiles: certain }),
  };
}

/** versioneer reads its settings from one of these, and is then run by setup.py. */
function usesVersioneer(root: Table, { setupCfg = '' }: SetupFiles): boolean {
  return tableAt(root, 'tool')['versioneer'] !== undefined || /^\[versioneer\]/m.test(setupCfg);
}

function readProjectTable(
  root: Table,
  file: string,
  inherited: readonly string[],
): ProjectMetadata | undefined {
  const project = root['project'];
  if (!isTable(project)) return undefined;
  const name = requireName(project['name'], 'project.name', file);
  const dynamic = requireStampable(project, file);
  return {
    name,
    versionSource: dynamic.includes('version')
      ? dynamicVersion(root, name, file)
      : { kind: 'field', path: ['project', 'version'] },
    urlTable: ['project', 'urls'],
    isPrivate: isPrivate(project['classifiers']),
    requirements: pyprojectRequirements(root, inherited),
  };
}

/** Returns the names of the dynamic fields. */
function requireStampable(project: Table, file: string): readonly unknown[] {
  const dynamic: unknown = project['dynamic'] ?? [];
  if (!Array.isArray(dynamic))
    throw invalidPyproject(
      file,
      'project.dynamic to be an array of field names',
      'Write dynamic = [].',
    );
  if (dynamic.includes('urls')) {
    throw new InvalidInputError(
      {
        field: file,
        received: 'dynamic includes "urls"',
        expected: 'static project.urls: each release writes the "Source Commit" URL there',
        hint: 'Move the URLs into [project.urls], and remove "urls" from dynamic.',
      },
      'pypi-dynamic-urls',
    );
  }
  if (!dynamic.includes('version')) requireVersion(project['version'], 'project.version', file);
  requireUrls(project['urls'], 'project.urls', file);
  return dynamic;
}
