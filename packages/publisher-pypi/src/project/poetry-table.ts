import { isPoetrys, requiredNames } from './build-system.ts';
import {
  isPrivate,
  type ProjectMetadata,
  requireName,
  requireUrls,
  requireVersion,
} from './project-metadata.ts';
import { pyprojectRequirements } from './requirements.ts';
import { invalidPyproject, isTable, type Table, tableAt } from './toml.ts';
import { pluginVersion } from './version-plugins.ts';

/**
 * Reads a Poetry project without a `[project]` table. Returns undefined if poetry-core does not
 * build it. Throws `InvalidInputError`, code `pypi-invalid-pyproject`.
 */
export function readPoetryTable(root: Table, file: string): ProjectMetadata | undefined {
  const poetry = tableAt(root, 'tool')['poetry'];
  if (!isTable(poetry) || !isPoetrys(root)) return undefined;
  if (poetry['package-mode'] === false)
    throw invalidPyproject(
      file,
      'a package: tool.poetry.package-mode is false',
      'Remove package-mode, and give the project a name and version = "0.0.0".',
    );
  const { classifiers, urls, version } = poetry;
  const name = requireName(poetry['name'], 'tool.poetry.name', file);
  requireVersion(version, 'tool.poetry.version', file);
  requireUrls(urls, 'tool.poetry.urls', file);
  const names = requiredNames(root);
  const isComputed = names.has('poetry-dynamic-versioning');
  const computed = isComputed ? pluginVersion(root, names, name) : undefined;
  return {
    name,
    versionSource: computed ?? { kind: 'field', path: ['tool', 'poetry', 'version'] },
    urlTable: ['tool', 'poetry', 'urls'],
    isPrivate: isPrivate(classifiers),
    requirements: pyprojectRequirements(root),
  };
}
