import { readFile } from 'node:fs/promises';
import { inParallel } from '@ameide/publisher-kit';
import {
  type ArtifactContents,
  type Coordinate,
  failed,
  isOurs,
  ok,
  type Problem,
  type Rehearsal,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { compare, rcompare } from '@renovatebot/pep440';
import type { PypiBuilt, PypiFile } from './build.ts';
import { decide } from './decide.ts';
import { readContents } from './distribution/archive.ts';
import { parseFileName, partOf } from './distribution/file-name.ts';
import { expectedOf, FILES_AT_ONCE, inspectVersion } from './inspect.ts';
import type { PypiPlan } from './plan.ts';
import { isPrerelease } from './project/specifiers.ts';
import type { PypiSettings } from './settings.ts';
import { createIndexReader, type IndexReader } from './simple-api/index-reader.ts';
import { filesOf, type ListedFile } from './simple-api/list-files.ts';

/** Lists what is in the built files, and in those of the version to compare them with. */
export async function rehearsePypi(
  plan: PypiPlan,
  made: PypiBuilt,
  settings: PypiSettings,
  { signal }: Step,
): Promise<Rehearsal> {
  const [coordinate] = plan.coordinates;
  if (coordinate === undefined) throw new Error('a plan of this publisher has one coordinate');
  const built = await inParallel(
    made.files,
    async (file) => builtContents(coordinate, file, signal),
    FILES_AT_ONCE,
  );
  const reader = createIndexReader(settings, signal);
  const chosen = await findPublished(reader, coordinate);
  if (chosen.value === undefined) return { built, published: chosen };
  const refused = await findRefused(reader, plan, made, chosen.value);
  const published = await readPublished(reader, chosen.value);
  return { built, published, ...(refused === undefined ? {} : { refused: [refused] }) };
}

/** Returns why `publish` would refuse to add the missing files of this version; else undefined. */
async function findRefused(
  reader: IndexReader,
  plan: PypiPlan,
  built: PypiBuilt,
  { coordinate, files }: ChosenVersion,
): Promise<Problem | undefined> {
  const isMissing = built.files.some(({ name }) => files.every((one) => one.name !== name));
  const isOwn = plan.coordinates.some(({ version }) => version === coordinate.version);
  if (!isOwn || !isMissing || files.length === 0) return undefined;
  const finding = await inspectVersion(reader, coordinate, expectedOf(plan, built));
  // The engine has reported a version that is not ours, or that the index does not show.
  if (!isOurs(finding.state)) return undefined;
  const decided = decide(finding, built);
  return 'published' in decided ? decided.published.problem : undefined;
}

async function builtContents(
  coordinate: Coordinate,
  { kind, name, path, sha256 }: PypiFile,
  signal: AbortSignal,
): Promise<ArtifactContents> {
  const { files, metadata } = await readContents(kind, await readFile(path), { signal });
  return { coordinate, part: partOf(name), digest: `sha256:${sha256}`, manifest: metadata, files };
}

async function findPublished(
  reader: IndexReader,
  ours: Coordinate,
): Promise<Result<ChosenVersion>> {
  const listed = await reader.project(ours);
  return listed.value === undefined ? listed : chooseVersion(listed.value, ours);
}

async function readPublished(
  reader: IndexReader,
  { coordinate, files }: ChosenVersion,
): Promise<Result<readonly ArtifactContents[]>> {
  const read = await inParallel(
    onePerPart(files),
    async (file) => publishedContents(reader, coordinate, file),
    FILES_AT_ONCE,
  );
  const [first, ...more] = read.flatMap((one) => one.problems ?? []);
  if (first !== undefined) return failed(first, ...more);
  return ok(read.flatMap(({ value }) => value ?? []));
}

interface ChosenVersion {
  readonly coordinate: Coordinate;
  /** None, if there is no such version. */
  readonly files: readonly ListedFile[];
}

/** Chooses this version, else the highest one before it that an installer would take. */
function chooseVersion(listed: readonly ListedFile[], ours: Coordinate): Result<ChosenVersion> {
  const own = filesOf(listed, ours);
  if (own.value === undefined) return own;
  if (own.value.length > 0) return ok({ coordinate: ours, files: own.value });
  const offered = listed.filter(({ isYanked }) => isYanked !== true);
  const version = highestBefore(ours, offered);
  if (version === undefined) return ok({ coordinate: ours, files: [] });
  const coordinate = { ...ours, version };
  const { problems, value } = filesOf(offered, coordinate);
  return problems === undefined ? ok({ coordinate, files: value }) : { problems };
}

/** For a release the highest stable version before it, for a candidate one that is no dev build. */
function highestBefore(
  { name, version }: Coordinate,
  files: readonly ListedFile[],
): string | undefined {
  const versions = files
    .map((file) => parseFileName(file.name))
    .flatMap((parsed) => (parsed?.name === name ? [parsed.version] : []));
  return [...new Set(versions)]
    .filter((one) => compare(one, version) < 0)
    .filter((one) => isPrerelease(version) || !isPrerelease(one))
    .filter((one) => isDevBuild(version) || !isDevBuild(one))
    .toSorted(rcompare)[0];
}

/** PEP 440, "Developmental releases". */
function isDevBuild(version: string): boolean {
  return /\.dev\d+(?:\+|$)/.test(version);
}

/**
 * Chooses one file for each part, in the order of `PypiBuilt`. A version may have an old sdist of each
 * kind: installers prefer the .tar.gz.
 */
function onePerPart(files: readonly ListedFile[]): readonly ListedFile[] {
  const kinds = ['.whl', '.zip', '.tar.gz'];
  const rank = ({ name }: ListedFile): number => kinds.findIndex((end) => name.endsWith(end));
  const ordered = files.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  return [...new Map(ordered.map((file) => [partOf(file.name), file])).values()];
}

async function publishedContents(
  reader: IndexReader,
  coordinate: Coordinate,
  file: ListedFile,
): Promise<Result<ArtifactContents>> {
  const read = await reader.contents(coordinate, file);
  if (read.value === undefined) return read;
  const { files, metadata, sha256 } = read.value;
  const part = partOf(file.name);
  return ok({ coordinate, part, digest: `sha256:${sha256}`, manifest: metadata, files });
}
