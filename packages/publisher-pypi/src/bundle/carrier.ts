import {
  type Bundle,
  type Carrier,
  InvalidInputError,
  type Publisher,
  parsePypiName,
} from '@ameide/versioning-core';
import { settingsOf } from '@ameide/versioning-core/options';
import type { PypiBuilt } from '../build.ts';
import type { PypiBundleOptions } from '../options.ts';
import { parseBundleOptions } from '../parse-options.ts';
import { notePlainHttp } from '../plain-http.ts';
import type { PypiPlan } from '../plan.ts';
import { fileNamePart } from '../project/names.ts';
import { readPyproject } from '../project/pyproject.ts';
import { createPublisher } from '../publisher.ts';
import type { CommittedProject } from '../read-project.ts';
import { type PypiSettings, pypiSettings } from '../settings.ts';
import { buildBundle } from './build.ts';
import { type BundleProject, pyproject } from './metadata.ts';

/** Carries a bundle as one Python package. Throws `InvalidInputError` for wrong options. */
export function bundleCarrier(name: string, options: PypiBundleOptions = {}): Carrier {
  const { license, module, ...index } = parseBundleOptions(options);
  parsePypiName(name);
  const settings = pypiSettings({ directory: '.', ...index });
  const about = {
    name,
    module: module ?? moduleOf(name),
    ...(license === undefined ? {} : { license }),
  };
  return {
    label: `pypi.bundle(${name})`,
    settings: settingsOf({ name, ...options }),
    package: { ecosystem: 'pypi', name, registry: settings.uploadUrl },
    open: async (_source, bundle) =>
      bundlePublisher({ ...about, summary: summaryOf(bundle) }, bundle, settings),
  };
}

function bundlePublisher(
  about: BundleProject,
  bundle: Bundle,
  settings: PypiSettings,
): Publisher<PypiPlan, PypiBuilt> {
  const example = { version: '0.0.0', sourceCommit: 'https://example.invalid/commit/0' };
  // What is read of a project is read of the pyproject.toml that the sdist will have.
  const project = readPyproject(pyproject(about, example), 'pyproject.toml') as CommittedProject;
  return {
    ...createPublisher(project, settings),
    buildsFrom: 'objects',
    isReproducible: true,
    async validate(plan, step) {
      notePlainHttp(settings, plan.publisher, step);
      return (await bundle.validate?.(plan.publisher, step)) ?? [];
    },
    checkTools: async () => [],
    build: async (plan, step) => buildBundle(about, bundle, plan, step),
  };
}

function moduleOf(name: string): string {
  const module = fileNamePart(name);
  if (/^[a-z_]/.test(module)) return module;
  throw new InvalidInputError({
    field: 'module',
    received: module,
    expected: 'the name of a Python module, which cannot begin with a digit',
    hint: "Name the module: pypi.bundle('3d-models', { module: 'models_3d' }).",
  });
}

/** PyPI takes one line of at most 512 characters. */
function summaryOf({ description, name }: Bundle): string {
  const summary = (description ?? `The files of ${name}`).replace(/\s+/g, ' ').trim();
  if (summary.length <= 512) return summary;
  throw new InvalidInputError({
    field: 'description',
    received: `${summary.length} characters`,
    expected: 'at most 512 characters, because PyPI refuses more',
  });
}
