import {
  type Coordinate,
  formatCoordinate,
  InvalidInputError,
  normalisePep440,
  type Publisher,
  type PublisherDefinition,
  type SourceTree,
} from '@ameide/versioning-core';
import { settingsOf } from '@ameide/versioning-core/options';
import { buildPypi, type PypiBuilt } from './build.ts';
import { checkPypi, checkTools } from './check.ts';
import { expectedOf, inspectVersion } from './inspect.ts';
import { loadDistributions, saveDistributions } from './load.ts';
import type { PypiOptions } from './options.ts';
import { type PypiPlan, planPypi } from './plan.ts';
import { publishPypi } from './publish.ts';
import { type CommittedProject, readProject } from './read-project.ts';
import { rehearsePypi } from './rehearse.ts';
import { type PypiSettings, pypiSettings } from './settings.ts';
import { createIndexReader } from './simple-api/index-reader.ts';
import { validatePypi } from './validate.ts';
import { listVersions } from './versions.ts';

/**
 * Publishes the Python project in a directory to PyPI, or to another index with PyPI's upload API.
 * Throws `InvalidInputError` for wrong options; `open` throws it for a pyproject.toml that cannot
 * be published.
 */
export function pypi(options: PypiOptions): PublisherDefinition {
  const settings = pypiSettings(options);
  return {
    label: `pypi(${settings.directory === '' ? '.' : settings.directory})`,
    settings: settingsOf(options),
    package: { ecosystem: 'pypi', directory: settings.directory, registry: settings.uploadUrl },
    open: async (source: SourceTree): Promise<Publisher<PypiPlan, PypiBuilt>> =>
      createPublisher(await readProject(source, settings), settings),
  };
}

/** Creates the publisher of one project, whatever builds its distributions. */
export function createPublisher(
  project: CommittedProject,
  settings: PypiSettings,
): Publisher<PypiPlan, PypiBuilt> {
  const { localVersions } = settings;
  const member = {
    ecosystem: 'pypi',
    name: project.normalisedName,
    ...(localVersions ? { localVersion: true } : {}),
  } as const;
  return {
    id: `pypi:${project.normalisedName}`,
    visibleOn: 'publish',
    takesCommonToken: settings.takesCommonToken,
    secrets: () => [settings.token(), ...settings.exchanged].filter((token) => token !== undefined),
    buildsFrom: settings.distributions === undefined ? 'own-checkout' : 'checkout',
    members: [member],
    plan: (release) => planPypi(project, settings, release),
    validate: (plan, step) => validatePypi(project, plan, settings, step),
    check: (plan, step) => checkPypi(plan, settings, step),
    checkTools: (_plan, step) => checkTools(settings, step),
    async inspect(subject, step) {
      const reader = createIndexReader(settings, step.signal);
      if ('coordinate' in subject)
        return [await inspectVersion(reader, normalised(subject.coordinate, project), {})];
      const expected = expectedOf(subject.plan, subject.built);
      return Promise.all(
        subject.plan.coordinates.map((coordinate) => inspectVersion(reader, coordinate, expected)),
      );
    },
    canInspect: ({ ecosystem }) => ecosystem === 'pypi',
    versions: (plan, step) => listVersions(plan, settings, step),
    build: (plan, step) => buildPypi(plan, settings, step),
    save: saveDistributions,
    load: (plan, folder) => loadDistributions(plan, settings, folder),
    rehearse: (plan, built, step) => rehearsePypi(plan, built, settings, step),
    publish: (plan, built, step) => publishPypi(plan, built, settings, step),
    ...(settings.attestations ? proofsOf(settings) : {}),
  };
}

/** Loads the Sigstore libraries at the first use. */
function proofsOf(settings: PypiSettings): Pick<Publisher<PypiPlan, PypiBuilt>, 'proofs'> {
  return {
    async proofs(plan, step) {
      const { fileProofs } = await import('./attestations/index.ts');
      return fileProofs(plan, settings, step);
    },
  };
}

/** Returns the coordinate with its version in normal form. Throws if it is no version of PyPI's. */
function normalised(coordinate: Coordinate, project: CommittedProject): Coordinate {
  const version = normalisePep440(coordinate.version);
  if (coordinate.ecosystem === 'pypi' && version !== undefined) return { ...coordinate, version };
  throw new InvalidInputError({
    field: 'coordinate',
    received: formatCoordinate(coordinate),
    expected: `a version of pypi:${project.normalisedName}`,
  });
}
