import { sourceDateEpoch } from '@ameide/publisher-kit';
import {
  InvalidInputError,
  normalisePep440,
  type Plan,
  type Release,
  unixSeconds,
} from '@ameide/versioning-core';
import { sdistFileName, wheelFilePrefix } from './project/names.ts';
import type { PythonProject } from './project/pyproject.ts';
import type { PypiSettings } from './settings.ts';

/** What one commit becomes on one index. Serialisable as JSON. */
export interface PypiPlan extends Plan {
  /** The address that is written to: what an approved plan fixes. */
  readonly registry: string;
  /** The name as its author wrote it; the coordinate holds the normalised one. */
  readonly projectName: string;
  /** PEP 440, in normal form. */
  readonly version: string;
  /** The sdist's one valid file name. */
  readonly sdist: string;
  /** What every wheel's file name starts with. */
  readonly wheelPrefix: string;
  /** `https://…/commit/<sha>`: stamped as the project URL "Source Commit". */
  readonly sourceCommit: string;
  readonly versionSource: PythonProject['versionSource'];
  /** As in `ProjectMetadata`. */
  readonly urlTable?: readonly string[];
  /** As in `PythonProject`. */
  readonly archivesHead: boolean;
  /** SOURCE_DATE_EPOCH: the commit's time, Unix seconds, as far as a zip file can hold it. */
  readonly sourceDateEpoch: number;
}

/** Pure. Throws `InvalidInputError` (field `repository`) when no URL can name the commit. */
export function planPypi(
  project: PythonProject,
  settings: PypiSettings,
  release: Release,
): PypiPlan {
  const version = settings.localVersions
    ? release.versions.pypi.full
    : release.versions.pypi.version;
  if (normalisePep440(version) !== version) {
    throw new InvalidInputError({
      field: 'versions.pypi',
      received: version,
      expected: 'a PEP 440 version in normal form, for example 0.1.0.dev20251113153211',
    });
  }
  const { sha, datetime } = release.canonical;
  return {
    publisher: `pypi:${project.normalisedName}`,
    registry: settings.uploadUrl,
    sha,
    coordinates: [{ ecosystem: 'pypi', name: project.normalisedName, version }],
    pointers: [],
    projectName: project.name,
    version,
    sdist: sdistFileName(project.name, version),
    wheelPrefix: wheelFilePrefix(project.name, version),
    sourceCommit: `${commitBase(release.repository)}/commit/${sha}`,
    versionSource: project.versionSource,
    ...(project.urlTable === undefined ? {} : { urlTable: project.urlTable }),
    archivesHead: project.archivesHead,
    sourceDateEpoch: sourceDateEpoch(unixSeconds(datetime)),
  };
}

// PyPI takes only http and https project URLs ("is not a valid url" otherwise), so a urn:git: is no
// way out.
function commitBase(repository: string | undefined): string {
  if (repository !== undefined && URL.canParse(repository)) {
    const url = new URL(repository);
    const plain =
      url.username === '' && url.password === '' && url.search === '' && url.hash === '';
    if (plain && (url.protocol === 'https:' || url.protocol === 'http:'))
      return repository.replace(/\/+$/, '').replace(/\.git$/, '');
  }
  throw new InvalidInputError({
    field: 'repository',
    ...(repository === undefined ? {} : { received: repository.replace(/\/\/[^/@]*@/, '//') }),
    expected: "the source repository's https URL, for example https://github.com/ameideio/ameide",
    hint: 'Set repository in release.config.ts, or give the clone an "origin" remote: a Python distribution names its commit by a project URL.',
  });
}
