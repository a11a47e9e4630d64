import { InvalidInputError, pathIn, type SourceTree } from '@ameide/versioning-core';
import { isPublicPypi } from './index-address.ts';
import { type PythonProject, readPyproject } from './project/pyproject.ts';
import { versionFile } from './project/version-file.ts';
import type { VersionSource } from './project/version-source.ts';
import type { PypiSettings } from './settings.ts';

/** Reads the project at the commit. Throws `InvalidInputError` if it cannot be published. */
export async function readProject(
  source: SourceTree,
  { directory, uploadUrl }: PypiSettings,
): Promise<PythonProject> {
  const [file, cfg, program] = ['pyproject.toml', 'setup.cfg', 'setup.py'].map((name) =>
    pathIn(directory, name),
  ) as [string, string, string];
  const text = await source.readText(file);
  if (text === undefined) throw noPyproject(file, directory);
  const [setupCfg, setupPy] = [await source.readText(cfg), await source.readText(program)];
  const project = readPyproject(text, file, { setupCfg, setupPy });
  await requireVersionFile(source, directory, project.versionSource);
  if (project.isPrivate && isPublicPypi(uploadUrl)) {
    throw new InvalidInputError(
      {
        field: file,
        received: 'Private :: …',
        expected: 'no "Private ::" classifier: pypi.org refuses such projects',
        hint: 'Remove the classifier, or set uploadUrl and simpleUrl to your own index.',
      },
      'pypi-private-project',
    );
  }
  return project;
}

function noPyproject(file: string, directory: string): InvalidInputError {
  return new InvalidInputError(
    {
      field: 'directory',
      received: directory,
      expected: `a directory of the commit with a pyproject.toml: there is no ${file}`,
      hint: 'Commit the file: only committed files are published. A project with setup.py or setup.cfg needs a pyproject.toml with [build-system].',
    },
    'pypi-no-pyproject',
  );
}

/** Checks that the file with the version exists and has a place for it. */
async function requireVersionFile(
  source: SourceTree,
  directory: string,
  versionSource: VersionSource,
): Promise<void> {
  const place = versionFile(versionSource);
  if (place === undefined) return;
  const paths = place.candidates.map((path) => pathIn(directory, path));
  for (const path of paths) {
    const text = await source.readText(path);
    if (text !== undefined && place.stamp(text, '0.0.0') !== undefined) return;
  }
  throw new InvalidInputError(
    {
      field: paths.join(' or '),
      expected: `a file of the commit with ${place.what}: the build reads the version there`,
      hint: 'Write it in that form, or write version = "0.0.0" in [project] and remove "version" from dynamic.',
    },
    'pypi-dynamic-version',
  );
}
