import {
  failed,
  type ListedVersion,
  ok,
  type Result,
  type Step,
  type VersionList,
} from '@ameide/versioning-core';
import { versionInList } from './distribution/file-name.ts';
import type { PypiPlan } from './plan.ts';
import type { PypiSettings } from './settings.ts';
import { createIndexReader } from './simple-api/index-reader.ts';
import { isYanked, type ListedFile } from './simple-api/list-files.ts';

/**
 * Lists every version of the project whose wheels or archives the index has, as pip sees them, from the project's page.
 * The commit of a version is in its files alone, so the list does not have it.
 */
export async function listVersions(
  plan: PypiPlan,
  settings: PypiSettings,
  { signal }: Step,
): Promise<Result<VersionList>> {
  const [coordinate] = plan.coordinates;
  if (coordinate === undefined) throw new Error('a plan of a project has one coordinate');
  const listed = await createIndexReader(settings, signal).project(coordinate);
  if (listed.value === undefined) return failed(...listed.problems);
  const byVersion = Map.groupBy(listed.value, ({ name }) => versionInList(name, coordinate.name));
  const versions = [...byVersion].flatMap(([version, files]): readonly ListedVersion[] =>
    version === undefined ? [] : [{ coordinate: { ...coordinate, version }, ...aboutFiles(files) }],
  );
  return ok({ versions, pointers: [] });
}

/** Returns the sdist's digest, as `inspect` does, and the time of the first upload. */
function aboutFiles(
  files: readonly ListedFile[],
): Pick<ListedVersion, 'digest' | 'isWithdrawn' | 'publishedAt'> {
  const sha256 = files
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .find(({ name }) => name.endsWith('.tar.gz'))?.sha256;
  const [publishedAt] = files.flatMap(({ uploadedAt }) => uploadedAt ?? []).toSorted();
  return {
    ...(sha256 === undefined ? {} : { digest: `sha256:${sha256}` }),
    ...(isYanked(files) ? { isWithdrawn: true } : {}),
    ...(publishedAt === undefined ? {} : { publishedAt }),
  };
}
