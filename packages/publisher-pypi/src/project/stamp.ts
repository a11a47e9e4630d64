import { setTomlValues, type TomlChange, type TomlValue } from '@ameide/source-files/toml';
import { InvalidInputError } from '@ameide/versioning-core';
import { parse } from 'smol-toml';
import { labelKey, SOURCE_COMMIT_LABEL } from '../distribution/metadata.ts';
import { type Members, memberRequirement } from './members.ts';
import { pyprojectRequirements } from './requirements.ts';
import { type Table, tableAt } from './toml.ts';
import type { FoundVersionSource } from './version-file.ts';
import type { VersionSource } from './version-source.ts';
import { filledTemplates } from './version-templates.ts';

/** What a release writes into its copy of a pyproject.toml. */
export interface ProjectStamp {
  /** PEP 440, in normal form. */
  readonly version: string;
  /** `https://…/commit/<sha>`. */
  readonly sourceCommit: string;
  /** A version that the build reads from elsewhere stays. */
  readonly versionSource: VersionSource | FoundVersionSource;
  /** The table of project URLs. */
  readonly urlTable: readonly string[];
  /** The projects of the release, whose versions requirements on them follow. */
  readonly members?: Members;
  /** As in `PythonProject`. */
  readonly localNames?: readonly string[];
}

/**
 * Writes the version, the "Source Commit" URL and the versions of members into a pyproject.toml. Throws `InvalidInputError`
 * (field `file`, code `pypi-invalid-pyproject`) if the text is not TOML 1.0, which PEP 518 demands
 * and Python's own reader accepts.
 */
export function stamp(text: string, values: ProjectStamp, file: string): string {
  const { version, versionSource } = values;
  const refuse = (expected: string): Error => unstampable(file, expected);
  const settings = versionSource.kind === 'environment' ? (versionSource.settings ?? []) : [];
  const set = setTomlValues(text, settings, refuse);
  const told = setTomlValues(set, filledTemplates(parse(set), version), refuse);
  const root = parse(told);
  const field =
    versionSource.kind === 'field' ? [{ path: versionSource.path, value: version }] : [];
  for (const { path } of field)
    if (!hasText(root, path)) throw refuse(`a static ${path.join('.')}`);
  const changes = [...field, ...sourceCommits(root, values), ...requirements(root, values)];
  return setTomlValues(told, changes, refuse);
}

/** A requirement that cannot follow is refused before the build, or after it. */
function requirements(root: Table, { members, localNames }: ProjectStamp): readonly TomlChange[] {
  if (members === undefined) return [];
  return pyprojectRequirements(root, localNames).flatMap((requirement) => {
    const found = memberRequirement(requirement, members);
    return found !== undefined && 'specifier' in found && found.isChanged
      ? requirement.withSpecifier(found.specifier)
      : [];
  });
}

function hasText(root: Table, path: readonly string[]): boolean {
  return typeof tableAt(root, ...path.slice(0, -1))[path.at(-1) ?? ''] === 'string';
}

/** Every label that an installer would show as "Source Commit". */
function sourceCommits(
  root: Table,
  { sourceCommit, urlTable }: ProjectStamp,
): readonly TomlValue[] {
  const isSourceCommit = (label: string): boolean =>
    labelKey(label) === labelKey(SOURCE_COMMIT_LABEL);
  const known = Object.keys(tableAt(root, ...urlTable)).filter(isSourceCommit);
  const labels = known.length > 0 ? known : [SOURCE_COMMIT_LABEL];
  return labels.map((label) => ({ path: [...urlTable, label], value: sourceCommit }));
}

function unstampable(file: string, expected: string): InvalidInputError {
  return new InvalidInputError(
    {
      field: file,
      expected,
      hint: 'Correct the file: [project] with name and version = "0.0.0", URLs in [project.urls].',
    },
    'pypi-invalid-pyproject',
  );
}
