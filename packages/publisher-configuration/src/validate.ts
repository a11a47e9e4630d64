import { parseLfsPointer, validateFiles } from '@ameide/publisher-kit';
import { type BundleFile, type Problem, pathIn, type SourceTree } from '@ameide/versioning-core';
import { type FaultCode, faultProblem, firstFew } from './check/fault.ts';
import { collisionProblems, pathProblems } from './check/paths.ts';
import { readerOf } from './check/reader.ts';
import type { Reading } from './check/reading.ts';
import { schemaFaults } from './check/schema.ts';
import { readText } from './check/text.ts';
import { type Folder, isFile, MAX_BUNDLE_BYTES, readFolder } from './folder.ts';
import type { ConfigurationOptions } from './options.ts';

/** A folder's files, and everything that prevents their publication. */
export interface Checked {
  readonly files: readonly BundleFile[];
  readonly problems: readonly Problem[];
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
    return { files: [], problems: [...ofPaths, tooLarge] };
  }
  const ofContents = await contentProblems(source, folder, files, options);
  return { files, problems: [...ofPaths, ...ofContents] };
}

async function contentProblems(
  source: SourceTree,
  folder: Folder,
  files: readonly BundleFile[],
  { allow = [], directory, schemas = {} }: ConfigurationOptions,
): Promise<readonly Problem[]> {
  const inRepository = (path: string): string => pathIn(directory, path);
  const shared = await validateFiles({
    source,
    project: `configuration(${directory})`,
    files: folder.entries.filter(isFile),
    contents: new Map(files.map(({ path, content }) => [inRepository(path), content])),
    allow,
  });
  const secrets = new Set(shared.flatMap(({ code, path }) => (code === 'secret-file' ? path : [])));
  const readable = files.filter(({ path }) => !secrets.has(inRepository(path)));
  const readings = new Map(readable.map((file) => [file.path, readFile(file)]));
  const misfits = await schemaFaults(
    schemas,
    folder.paths,
    (path) => readings.get(path)?.documents,
  );
  const faults = [...readings].flatMap(([path, { code = 'configuration-invalid', faults }]) =>
    firstFew(faults, (fault) => fault).map((fault) => ({
      code,
      path,
      mayBeAllowed: true,
      ...fault,
    })),
  );
  const ofSchemas = misfits.map((fault) => ({ code: 'configuration-schema' as const, ...fault }));
  return [
    // A bundle contains the commit's own bytes, so it would contain the pointer even if the clone
    // has the content.
    ...shared.filter(({ code }) => code !== 'lfs-content-missing'),
    ...[...faults, ...ofSchemas]
      .map(({ path, ...fault }) => ({ ...fault, path: inRepository(path) }))
      .filter(({ mayBeAllowed, path }) => !(mayBeAllowed && allow.includes(path)))
      .map(({ code, ...fault }) => faultProblem(code, fault)),
  ];
}

const POINTER = 'is a Git LFS pointer: its content is not in the commit';

/** Skips the content of a file that is neither JSON nor YAML. */
function readFile({ path, content }: BundleFile): Reading & { readonly code?: FaultCode } {
  if (parseLfsPointer(content) !== undefined)
    return { code: 'configuration-lfs-file', faults: [{ what: POINTER }], documents: [] };
  const read = readerOf(path);
  if (read === undefined) return { faults: [], documents: [] };
  const result = readText(content);
  return 'fault' in result ? { faults: [result.fault], documents: [] } : read(result.text);
}
