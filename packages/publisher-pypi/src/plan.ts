import { sourceDateEpoch } from '@ameide/publisher-kit';
import {
  InvalidInputError,
  normalisePep440,
  type Plan,
  PUBLIC_SIGSTORE,
  type Release,
  type Signing,
  unixSeconds,
} from '@ameide/versioning-core';
import { PYPI } from './index-address.ts';
import type { DistributionFormat } from './options.ts';
import { followedMembers, type Members, membersOf, requiredMembers } from './project/members.ts';
import { sdistFileName, wheelFilePrefix } from './project/names.ts';
import type { RequirementFiles } from './project/requirement-files.ts';
import type { FoundVersionSource } from './project/version-file.ts';
import type { VersionVariables } from './project/version-source.ts';
import type { CommittedProject } from './read-project.ts';
import type { PypiSettings } from './settings.ts';

/** What one commit becomes on one index. Serialisable as JSON. */
export interface PypiPlan extends Plan {
  /** The upload address; an approved plan fixes it. */
  readonly registry: string;
  /** The name as its author wrote it; the coordinate has the normalised name. */
  readonly projectName: string;
  /** PEP 440, in normal form. */
  readonly version: string;
  /** The only valid file name of the sdist. */
  readonly sdist: string;
  /** The beginning of every wheel's file name. */
  readonly wheelPrefix: string;
  /** `https://…/commit/<sha>`, to write into the project URL "Source Commit". */
  readonly sourceCommit: string;
  readonly versionSource: FoundVersionSource;
  /** As in `PythonProject`. */
  readonly extraVariables: VersionVariables;
  /** As in `ProjectMetadata`. */
  readonly urlTable?: readonly string[];
  /** As in `PythonProject`. */
  readonly archivesHead: boolean;
  /** The projects of the release, whose versions requirements on them follow. */
  readonly members: Members;
  /** The members whose specifiers the release changes. */
  readonly followed: readonly string[];
  /** As in `PythonProject`. */
  readonly localNames: readonly string[];
  /** The files with requirements that the release changes. */
  readonly requirementFiles: RequirementFiles;
  /** What is published; absent if that is whatever files the definition names. */
  readonly formats?: readonly DistributionFormat[];
  /** True if the definition names files, and nothing is built. */
  readonly isPrebuilt: boolean;
  /** How attestations are signed; absent if the files have none. */
  readonly signing?: Signing;
  /** SOURCE_DATE_EPOCH: the commit's time, Unix seconds, moved into the range of a zip file. */
  readonly sourceDateEpoch: number;
}

/**
 * Makes the plan. Pure. Throws `InvalidInputError` (field `repository`) if no URL can name the
 * commit.
 */
export function planPypi(
  project: CommittedProject,
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
  const members = membersOf(release);
  const requires = requiredMembers(project.requirements, members, project.normalisedName);
  return {
    publisher: `pypi:${project.normalisedName}`,
    registry: settings.uploadUrl,
    ...(settings.simpleUrl === PYPI.simpleUrl ? {} : { readFrom: settings.simpleUrl }),
    sha,
    coordinates: [{ ecosystem: 'pypi', name: project.normalisedName, version }],
    pointers: [],
    projectName: project.name,
    version,
    sdist: sdistFileName(project.name, version),
    wheelPrefix: wheelFilePrefix(project.name, version),
    sourceCommit: `${commitBase(release.repository)}/commit/${sha}`,
    versionSource: project.versionSource,
    extraVariables: project.extraVariables,
    ...(project.urlTable === undefined ? {} : { urlTable: project.urlTable }),
    archivesHead: project.archivesHead,
    ...(settings.formats === undefined ? {} : { formats: settings.formats }),
    isPrebuilt: settings.distributions !== undefined,
    members,
    followed: followedMembers(project.requirements, members),
    localNames: project.localNames,
    requirementFiles: changedFiles(project, members),
    ...(requires.length === 0 ? {} : { requires }),
    ...(settings.attestations ? { signing: release.signing ?? { sigstore: PUBLIC_SIGSTORE } } : {}),
    sourceDateEpoch: sourceDateEpoch(unixSeconds(datetime)),
  };
}

function changedFiles(
  { requirementFiles: { localNames, paths }, requirements }: CommittedProject,
  members: Members,
): RequirementFiles {
  const changes = (path: string): boolean =>
    followedMembers(
      requirements.filter(({ place }) => place?.file === path),
      members,
    ).length > 0;
  return { paths: paths.filter(changes), localNames };
}

// PyPI accepts only http and https project URLs (else "is not a valid url"), so urn:git: does not
// work.
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
    hint: 'Set repository in the definition, or give the clone an "origin" remote: a Python distribution names its commit by a project URL.',
  });
}
