import { lfsPointerProblem, parseLfsPointer, validateFiles } from '@ameide/publisher-kit';
import {
  type BundleFile,
  type Problem,
  pathIn,
  printable,
  type SourceTree,
} from '@ameide/versioning-core';
import { readPattern } from '@ameide/versioning-core/options';
import {
  type FaultCode,
  type FileFault,
  faultMessage,
  faultProblem,
  firstFew,
} from './check/fault.ts';
import { type Merged, mergeOverlays } from './check/overlay.ts';
import { collisionProblems, pathProblems } from './check/paths.ts';
import { createReaderOf, type ReaderOf } from './check/reader.ts';
import { type Reading, unread } from './check/reading.ts';
import { schemaFaults } from './check/schema.ts';
import { readText } from './check/text.ts';
import { withContents } from './contents.ts';
import { type Folder, isFile, MAX_BUNDLE_BYTES, readFolder } from './folder.ts';
import type { ConfigurationOptions } from './options.ts';

/** A folder's files, everything that prevents their publication, and what else to know of them. */
export interface Checked {
  readonly files: readonly BundleFile[];
  readonly problems: readonly Problem[];
  /** Sentences for people. */
  readonly notes: readonly string[];
}

/** Reads and checks every file of a folder. Offline. */
export async function checkFolder(
  source: SourceTree,
  folder: Folder,
  options: ConfigurationOptions,
): Promise<Checked> {
  const { directory } = folder;
  const files = await readFolder(source, folder);
  const ofPaths = [...pathProblems(folder), ...collisionProblems(folder)];
  if (files === undefined) {
    const what = `has more than ${MAX_BUNDLE_BYTES} bytes in its files`;
    const tooLarge = faultProblem('configuration-file', { path: directory, what });
    return { files: [], problems: [...ofPaths, tooLarge], notes: [] };
  }
  const shared = await sharedProblems(source, folder, files, options);
  const readable = files.filter(
    ({ path, content }) =>
      parseLfsPointer(content) === undefined &&
      !shared.some(
        (found) => found.code === 'secret-file' && found.path === pathIn(directory, path),
      ),
  );
  const read = await readFiles(readable, folder, options);
  const notes = [...read.notes.map(faultMessage), ...idlePatterns(folder, options)];
  return {
    files: files.map((file) => withContents(file, read.readings, read.merged, options)),
    problems: [...ofPaths, ...shared, ...read.problems],
    notes,
  };
}

/** What every publisher refuses in a file, and Git LFS pointers. */
async function sharedProblems(
  source: SourceTree,
  { directory, entries }: Folder,
  files: readonly BundleFile[],
  { allow = [] }: ConfigurationOptions,
): Promise<readonly Problem[]> {
  const project = `configuration(${directory})`;
  const shared = await validateFiles({
    source,
    project,
    files: entries.filter(isFile),
    contents: new Map(files.map(({ path, content }) => [pathIn(directory, path), content])),
    allow,
  });
  return [
    // A bundle contains the commit's own bytes, so it would contain the pointer even if the clone
    // has the content.
    ...shared.filter(({ code }) => code !== 'lfs-content-missing'),
    ...files
      .filter(({ content }) => parseLfsPointer(content) !== undefined)
      .map(({ path }) => pathIn(directory, path))
      .filter((path) => !allow.includes(path))
      .map((path) => lfsPointerProblem({ ...POINTER, project, path })),
  ];
}

const POINTER = {
  code: 'configuration-lfs-file',
  effect: 'a bundle contains the bytes of the commit',
} as const;

interface ReadFiles {
  readonly readings: ReadonlyMap<string, Reading>;
  readonly merged: readonly Merged[];
  readonly problems: readonly Problem[];
  readonly notes: readonly FileFault[];
}

/** Reads what is JSON and YAML, and compares it with its schemas. Paths are the repository's. */
async function readFiles(
  files: readonly BundleFile[],
  { directory, paths }: Folder,
  options: ConfigurationOptions,
): Promise<ReadFiles> {
  const { allow = [], ambiguous = 'note', formats = {}, overlays = {}, schemas = {} } = options;
  const readerOf = createReaderOf(formats, paths);
  const readings = new Map(files.map((file) => [file.path, readFile(file, readerOf)]));
  const documents = (path: string): Reading['documents'] | undefined =>
    readerOf(path) === undefined ? undefined : readings.get(path)?.documents;
  const merged = mergeOverlays(overlays, paths, documents);
  const misfits = await schemaFaults(schemas, paths, documents, merged);
  const ofFiles = (name: 'faults' | 'notes'): readonly FileFault[] =>
    [...readings].flatMap(([path, reading]) =>
      firstFew(reading[name], (fault) => fault).map((fault) => ({
        path,
        mayBeAllowed: true,
        ...fault,
      })),
    );
  const counted = (faults: readonly FileFault[]): readonly FileFault[] =>
    faults
      .map((fault) => ({ ...fault, path: pathIn(directory, fault.path) }))
      .filter(({ mayBeAllowed, path }) => mayBeAllowed !== true || !allow.includes(path));
  const problemsOf = (code: FaultCode, faults: readonly FileFault[]): readonly Problem[] =>
    counted(faults).map((fault) => faultProblem(code, fault));
  const notes = ofFiles('notes');
  return {
    readings,
    merged: merged.merged,
    problems: [
      ...problemsOf('configuration-invalid', ofFiles('faults')),
      ...problemsOf('configuration-ambiguous', ambiguous === 'refuse' ? notes : []),
      ...problemsOf('configuration-overlay', merged.faults),
      ...problemsOf('configuration-schema', misfits),
    ],
    notes: ambiguous === 'note' ? counted(notes) : [],
  };
}

/** Skips the content of a file that is neither JSON nor YAML. */
function readFile({ path, content }: BundleFile, readerOf: ReaderOf): Reading {
  const read = readerOf(path);
  if (read === undefined) return unread([]);
  const result = readText(content);
  return 'fault' in result ? unread([result.fault]) : read(result.text);
}

/** A pattern that names nothing may have a slip of the pen, or wait for a file. */
function idlePatterns(
  { directory, idle, paths }: Folder,
  { formats = {} }: ConfigurationOptions,
): readonly string[] {
  const unused = Object.keys(formats).filter((pattern) => !paths.some(readPattern(pattern)));
  return [...idle.map((pattern) => ['exclude', pattern]), ...unused.map((p) => ['formats', p])].map(
    ([option, pattern]) =>
      `configuration(${directory}): the option ${option} has the pattern ${printable(pattern)}, which names no file.`,
  );
}
