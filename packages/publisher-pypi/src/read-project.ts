import { InvalidInputError, pathIn, type SourceTree } from '@ameide/versioning-core';
import { isPublicPypi } from './index-address.ts';
import { type PythonProject, readPyproject } from './project/pyproject.ts';
import { fileRequirements } from './project/requirement-files.ts';
import type { Requirement } from './project/requirements.ts';
import { uvWorkspaceNames } from './project/uv-workspace.ts';
import { type FoundVersionSource, findVersionFile } from './project/version-file.ts';
import type { PypiSettings } from './settings.ts';

/** A project with the files that its version is in at one commit. */
export interface CommittedProject extends Omit<PythonProject, 'versionSource'> {
  readonly versionSource: FoundVersionSource;
}

/** Reads the project at the commit. Throws `InvalidInputError` if it cannot be published. */
export async function readProject(
  source: SourceTree,
  { directory, uploadUrl }: PypiSettings,
): Promise<CommittedProject> {
  const [file, cfg, program] = ['pyproject.toml', 'setup.cfg', 'setup.py'].map((name) =>
    pathIn(directory, name),
  ) as [string, string, string];
  const text = await source.readText(file);
  const [setupCfg, setupPy] = [await source.readText(cfg), await source.readText(program)];
  if (text === undefined && setupPy === undefined) throw noPyproject(file, directory);
  const localNames = await uvWorkspaceNames(source, directory);
  const project = readPyproject(text ?? '', file, { setupCfg, setupPy, localNames });
  const versionSource = await findVersionFile(source, directory, project.versionSource);
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
  const { paths, localNames: local } = project.requirementFiles;
  const files: string[] = [];
  const listed: Requirement[] = [];
  for (const path of paths) {
    // `prepare` may make the file.
    const lines = await source.readText(pathIn(directory, path));
    if (lines === undefined) continue;
    files.push(path);
    listed.push(...fileRequirements(lines, path, local));
  }
  return {
    ...project,
    versionSource,
    requirements: [...project.requirements, ...listed],
    requirementFiles: { paths: files, localNames: local },
  };
}

function noPyproject(file: string, directory: string): InvalidInputError {
  return new InvalidInputError(
    {
      field: 'directory',
      received: directory,
      expected: `a directory of the commit with a pyproject.toml or a setup.py: there is no ${file}`,
      hint: 'Correct the path, or commit the file: only committed files are published. pip and uv build nothing that has a setup.cfg alone.',
    },
    'pypi-no-pyproject',
  );
}
