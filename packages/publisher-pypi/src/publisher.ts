import {
  type Coordinate,
  formatCoordinate,
  InvalidInputError,
  normalisePep440,
  type Publisher,
  type PublisherDefinition,
  pathIn,
  type SourceTree,
} from '@ameide/versioning-core';
import { buildPypi, type PypiBuilt } from './build/build.ts';
import { checkPypi } from './check.ts';
import { isPublicPypi } from './index-address.ts';
import { expectedOf, inspectVersion } from './inspect.ts';
import type { PypiOptions } from './options.ts';
import { type PypiPlan, planPypi } from './plan.ts';
import { type PythonProject, readPyproject } from './project/pyproject.ts';
import { stampVersionFile } from './project/version-source.ts';
import { type PypiSettings, pypiSettings } from './settings.ts';
import { createIndexReader } from './simple-api/index-reader.ts';
import { publishPypi } from './upload/publish.ts';
import { validatePypi } from './validate.ts';

/**
 * Publishes the Python project in a directory to PyPI, or to another index with PyPI's upload API.
 * Throws `InvalidInputError` for wrong options; `open` throws it for a pyproject.toml that cannot
 * be published as it stands.
 */
export function pypi(options: PypiOptions): PublisherDefinition {
  const settings = pypiSettings(options);
  return {
    label: `pypi(${settings.directory === '' ? '.' : settings.directory})`,
    open: async (source: SourceTree): Promise<Publisher<PypiPlan, PypiBuilt>> =>
      publisher(await readProject(source, settings), settings),
  };
}

async function readProject(source: SourceTree, settings: PypiSettings): Promise<PythonProject> {
  const file = pathIn(settings.directory, 'pyproject.toml');
  const text = await source.readText(file);
  if (text === undefined) {
    throw new InvalidInputError(
      {
        field: 'directory',
        received: settings.directory,
        expected: `a directory of the commit with a pyproject.toml: there is no ${file}`,
        hint: 'What is not committed is not published.',
      },
      'pypi-no-pyproject',
    );
  }
  const project = readPyproject(text, file);
  await requireVersionFile(source, settings.directory, project.versionSource);
  if (project.isPrivate && isPublicPypi(settings.uploadUrl)) {
    throw new InvalidInputError(
      {
        field: file,
        received: 'Private :: …',
        expected: 'no "Private ::" classifier: pypi.org refuses such projects',
        hint: 'Take the classifier out, or set uploadUrl and simpleUrl to your own index.',
      },
      'pypi-private-project',
    );
  }
  return project;
}

/** The file that the build reads the version from is there, and can be stamped. */
async function requireVersionFile(
  source: SourceTree,
  directory: string,
  versionSource: PythonProject['versionSource'],
): Promise<void> {
  if (versionSource.kind !== 'file') return;
  const { candidates, name } = versionSource;
  const paths = candidates.map((path) => pathIn(directory, path));
  for (const path of paths) {
    const text = await source.readText(path);
    if (text !== undefined && stampVersionFile(text, '0.0.0', name) !== undefined) return;
  }
  const what = name === undefined ? 'the version' : `${name} = "0.0.0" on a line of its own`;
  throw new InvalidInputError(
    {
      field: paths.join(' or '),
      expected: `a file of the commit with ${what}: the build reads the version there`,
      hint: 'Write it so, or take "version" out of [project] dynamic and write version = "0.0.0".',
    },
    'pypi-dynamic-version',
  );
}

function publisher(project: PythonProject, settings: PypiSettings): Publisher<PypiPlan, PypiBuilt> {
  const member = { ecosystem: 'pypi', name: project.normalisedName } as const;
  return {
    id: `pypi:${project.normalisedName}`,
    visibleOn: 'publish',
    buildsFrom: 'own-checkout',
    members: [member],
    plan: (release) => planPypi(project, settings, release),
    validate: (plan, step) => validatePypi(plan, settings, step),
    check: (plan, step) => checkPypi(plan, settings, step),
    async inspect(subject, step) {
      const reader = createIndexReader(settings, step.signal);
      if ('coordinate' in subject)
        return [await inspectVersion(reader, ours(subject.coordinate, project), {})];
      const expected = expectedOf(subject.plan, subject.built);
      return Promise.all(
        subject.plan.coordinates.map((coordinate) => inspectVersion(reader, coordinate, expected)),
      );
    },
    build: (plan, step) => buildPypi(plan, settings, step),
    publish: (plan, built, step) => publishPypi(plan, built, settings, step),
  };
}

/** The coordinate with its version in normal form. Throws when it is not of this project. */
function ours(coordinate: Coordinate, project: PythonProject): Coordinate {
  const version = normalisePep440(coordinate.version);
  if (
    coordinate.ecosystem === 'pypi' &&
    coordinate.name === project.normalisedName &&
    version !== undefined
  )
    return { ...coordinate, version };
  throw new InvalidInputError({
    field: 'coordinate',
    received: formatCoordinate(coordinate),
    expected: `a version of pypi:${project.normalisedName}`,
  });
}
