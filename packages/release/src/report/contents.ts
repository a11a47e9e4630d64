import {
  type ArtifactContents,
  type ContentFile,
  formatCoordinate,
  type Rehearsal,
} from '@ameide/versioning-core';
import type { PublisherRun } from '../run/publisher-run.ts';
import { type ProblemReport, problemReport } from './shown.ts';

/** One artifact that was built, file by file, and how it differs from what is published. */
export interface ContentsReport {
  readonly publisher: string;
  readonly registry: string;
  /** What it is, the same in every version: `package`, `wheel py3-none-any`, `image linux/amd64`. */
  readonly part: string;
  /**
   * - `new`: no version to compare it with was published.
   * - `identical`: the same bytes.
   * - `same-files`: other bytes, but the same files and the same manifest: an archive's times.
   * - `changed`: its files or its manifest differ.
   * - `removed`: the published version has this part, but the build does not.
   * - `not-compared`: the registry did not answer the question; `problem` says why.
   */
  readonly change: 'new' | 'identical' | 'same-files' | 'changed' | 'removed' | 'not-compared';
  /** Of what was built; absent if the part was removed. */
  readonly coordinate?: string;
  readonly digest?: string;
  /** The published artifact that it is compared with. */
  readonly before?: { readonly coordinate: string; readonly digest: string };
  /** The metadata that the registry gets, line by line. */
  readonly manifest: readonly string[];
  /** The same of the published artifact, if that differs. */
  readonly manifestBefore?: readonly string[];
  /** Every file of both, by path. */
  readonly files: readonly ChangedFile[];
  readonly problem?: ProblemReport;
}

export interface ChangedFile extends ContentFile {
  /** Absent if there is nothing to compare it with. */
  readonly change?: 'added' | 'removed' | 'changed' | 'unchanged';
  /** The published file, if it has another content or is of another kind. */
  readonly before?: Omit<ContentFile, 'path'>;
}

/** Compares what a run built with what is published, part by part. Empty without a rehearsal. */
export function contentsOf({ id, plan, rehearsal }: PublisherRun): readonly ContentsReport[] {
  if (rehearsal === undefined) return [];
  const about = { publisher: id, registry: plan.registry };
  return partsOf(rehearsal).map((part) => ({ ...about, ...comparePart(part, rehearsal) }));
}

/** Returns a note for each run whose artifacts could not be compared. */
export function uncomparedNotes(runs: readonly PublisherRun[]): readonly string[] {
  return runs.flatMap(({ id, rehearsal }) =>
    (rehearsal?.published.problems ?? []).map(
      ({ message }) => `${id} was not compared with what is published: ${message}`,
    ),
  );
}

function partsOf({ built, published }: Rehearsal): readonly string[] {
  const parts = [...built, ...(published.value ?? [])].map(({ part }) => part);
  return [...new Set(parts)];
}

type Compared = Omit<ContentsReport, 'publisher' | 'registry'>;

function comparePart(part: string, { built, published }: Rehearsal): Compared {
  const ours = built.find((one) => one.part === part);
  const theirs = published.value?.find((one) => one.part === part);
  const manifest = linesOf((ours ?? theirs)?.manifest);
  const manifestBefore = linesOf(theirs?.manifest);
  const isSameManifest = theirs === undefined || ours?.manifest === theirs.manifest;
  const files = compareFiles(ours?.files ?? [], theirs?.files);
  return {
    part,
    change: published.problems === undefined ? changeOf(ours, theirs, files) : 'not-compared',
    ...(ours === undefined ? {} : nameOf(ours)),
    ...(theirs === undefined ? {} : { before: nameOf(theirs) }),
    manifest,
    ...(isSameManifest || ours === undefined ? {} : { manifestBefore }),
    files,
    ...(published.problems === undefined ? {} : { problem: problemReport(published.problems[0]) }),
  };
}

function nameOf({ coordinate, digest }: ArtifactContents): {
  readonly coordinate: string;
  readonly digest: string;
} {
  return { coordinate: formatCoordinate(coordinate), digest };
}

function changeOf(
  ours: ArtifactContents | undefined,
  theirs: ArtifactContents | undefined,
  files: readonly ChangedFile[],
): ContentsReport['change'] {
  if (theirs === undefined) return 'new';
  if (ours === undefined) return 'removed';
  if (ours.digest === theirs.digest) return 'identical';
  const isSame =
    ours.manifest === theirs.manifest && files.every(({ change }) => change === 'unchanged');
  return isSame ? 'same-files' : 'changed';
}

function compareFiles(
  ours: readonly ContentFile[],
  theirs: readonly ContentFile[] | undefined,
): readonly ChangedFile[] {
  const before = new Map(theirs?.map((file) => [file.path, file]));
  const now = new Set(ours.map(({ path }) => path));
  const kept = ours.map(
    (file): ChangedFile =>
      theirs === undefined ? file : { ...file, ...changeOfFile(file, before.get(file.path)) },
  );
  const removed = [...before.values()]
    .filter(({ path }) => !now.has(path))
    .map((file): ChangedFile => ({ ...file, change: 'removed' }));
  return [...kept, ...removed].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function changeOfFile(
  file: ContentFile,
  before: ContentFile | undefined,
): Pick<ChangedFile, 'change' | 'before'> {
  if (before === undefined) return { change: 'added' };
  if (file.digest === before.digest && file.kind === before.kind) return { change: 'unchanged' };
  const { path: _same, ...then } = before;
  return { change: 'changed', before: then };
}

function linesOf(text = ''): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
