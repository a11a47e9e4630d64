import { readFile } from 'node:fs/promises';
import { httpProblem, listMembers } from '@ameide/publisher-kit';
import {
  type ArtifactContents,
  type Coordinate,
  failed,
  ok,
  type Rehearsal,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import semver from 'semver';
import { formatNpm } from './manifest/name.ts';
import type { Target } from './options.ts';
import { versionMetadata } from './pack/metadata.ts';
import { LARGEST_TEXT, packageMembers, pathInPackage, type Reading } from './pack/package-files.ts';
import type { NpmBuilt, NpmPlan } from './plan.ts';
import { notAPackage, readTarball, type Tarball } from './registry/packed-version.ts';
import { readTags, readVersions } from './registry/read-tags.ts';
import { readVersion } from './registry/read-version.ts';
import type { VersionDocument } from './registry/version-document.ts';

/** Lists the files of the built tarball, and of the version to compare it with. */
export async function rehearseVersion(
  target: Target,
  plan: NpmPlan,
  { artifacts, tarball }: NpmBuilt,
  step: Step,
): Promise<Rehearsal> {
  const { signal } = step;
  const bytes = await readFile(tarball);
  const built = await Promise.all(
    artifacts.map(async ({ coordinate, digest }) =>
      contentsOf(coordinate, { bytes, digest }, { signal }),
    ),
  );
  return { built, published: await readPublished(target, plan, signal) };
}

async function readPublished(
  target: Target,
  plan: NpmPlan,
  signal: AbortSignal,
): Promise<Result<readonly ArtifactContents[]>> {
  try {
    const found = await findPublished(target, plan, signal);
    if (found.value === undefined) return found;
    if (found.value === 'none') return ok([]);
    const { coordinate, document } = found.value;
    const tarball = await readTarball(target, coordinate, document, signal);
    if (tarball.value === undefined) return tarball;
    return await readContents(coordinate, tarball.value, signal);
  } catch (error) {
    signal.throwIfAborted();
    const reference = formatNpm(plan);
    const what = `read what is published of ${reference}`;
    return failed(httpProblem({ code: 'npm', what, error, coordinate: reference, effect: 'none' }));
  }
}

interface PublishedVersion {
  readonly coordinate: Coordinate;
  readonly document: VersionDocument;
}

/**
 * Finds this version, else the one that the first dist-tag names, else the one before it. A dist-tag
 * may name a version that was unpublished: nobody gets that one.
 */
async function findPublished(
  target: Target,
  plan: NpmPlan,
  signal: AbortSignal,
): Promise<Result<PublishedVersion | 'none'>> {
  const find = async (version: string): Promise<Result<PublishedVersion | 'none'>> => {
    const coordinate: Coordinate = { ecosystem: 'npm', name: plan.name, version };
    const { problems, value } = await readVersion(target, coordinate, signal);
    if (problems !== undefined) return { problems };
    return ok(value === 'absent' ? 'none' : { coordinate, document: value });
  };
  const own = await find(plan.version);
  if (own.value !== 'none') return own;
  const named = await findNamed(target, plan, signal);
  if (named.value === undefined) return named;
  const tagged = named.value === 'none' ? ok('none' as const) : await find(named.value);
  if (tagged.value !== 'none') return tagged;
  const before = await findEarlier(target, plan, signal);
  if (before.value === undefined) return before;
  return before.value === 'none' ? ok('none') : find(before.value);
}

async function findNamed(
  target: Target,
  { name, pointers }: NpmPlan,
  signal: AbortSignal,
): Promise<Result<string>> {
  const [pointer] = pointers;
  if (pointer === undefined) return ok('none');
  const { problems, value } = await readTags(target, name, signal);
  return problems === undefined ? ok(value.get(pointer.pointer) ?? 'none') : { problems };
}

async function findEarlier(
  target: Target,
  { name, version }: NpmPlan,
  signal: AbortSignal,
): Promise<Result<string>> {
  const versions = await readVersions(target, name, signal);
  if (versions.value === undefined) return versions;
  if (versions.value === 'absent') return ok('none');
  const isRelease = semver.prerelease(version) === null;
  const [highest = 'none'] = versions.value
    .filter((one) => semver.lt(one, version))
    .filter((one) => !isRelease || semver.prerelease(one) === null)
    .toSorted(semver.rcompare);
  return ok(highest);
}

/** A registry may answer anything, and npm's own library throws errors of any kind for it. */
async function readContents(
  coordinate: Coordinate,
  tarball: Tarball,
  signal: AbortSignal,
): Promise<Result<readonly ArtifactContents[]>> {
  try {
    return ok([await contentsOf(coordinate, tarball, { largestText: LARGEST_TEXT, signal })]);
  } catch {
    signal.throwIfAborted();
    return failed(notAPackage(coordinate));
  }
}

async function contentsOf(
  coordinate: Coordinate,
  { bytes, digest }: Tarball,
  limits: Omit<Reading, 'isText'>,
): Promise<ArtifactContents> {
  const manifest = await versionMetadata(bytes, limits);
  const files = await listMembers(packageMembers(bytes, limits.signal), pathInPackage);
  return {
    coordinate,
    part: 'package',
    digest,
    manifest: JSON.stringify(manifest, undefined, 2),
    files,
  };
}
