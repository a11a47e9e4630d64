import { lfsPointerProblem, parseLfsPointer, validateFiles } from '@ameide/publisher-kit';
import { type BundleFile, type Problem, pathIn, type SourceTree } from '@ameide/versioning-core';
import { faultProblem, firstFew } from './check/fault.ts';
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
  const project = `configuration(${directory})`;
  const shared = await validateFiles({
    source,
    project,
    files: folder.entries.filter(isFile),
    contents: new Map(files.map(({ path, content }) => [inRepository(path), content])),
    allow,
  });
  const secrets = new Set(shared.flatMap(({ code, path }) => (code === 'secret-file' ? path : [])));
  const pointers = files.filter(({ content }) => parseLfsPointer(content) !== undefined);
  const readable = files.filter(
    (file) => !secrets.has(inRepository(file.path)) && !pointers.includes(file),
  );
  const readings = new Map(readable.map((file) => [file.path, readFile(file)]));
  const misfits = await schemaFaults(
    schemas,
    folder.paths,
    (path) => readings.get(path)?.documents,
  );
  const faults = [...readings].flatMap(([path, { faults }]) =>
    firstFew(faults, (fault) => fault).map((fault) => ({
      code: 'configuration-invalid' as const,
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
    ...pointers
      .map(({ path }) => inRepository(path))
      .filter((path) => !allow.includes(path))
      .map((path) => lfsPointerProblem({ ...POINTER, project, path })),
    ...[...faults, ...ofSchemas]
      .map(({ path, ...fault }) => ({ ...fault, path: inRepository(path) }))
      .filter(({ mayBeAllowed, path }) => !(mayBeAllowed && allow.includes(path)))
      .map(({ code, ...fault }) => faultProblem(code, fault)),
  ];
}

const POINTER = {
  code: 'configuration-lfs-file',
  effect: 'a bundle contains the bytes of the commit',
} as const;

/** Skips the content of a file that is neither JSON nor YAML. */
function readFile({ path, content }: BundleFile): Reading {
  const read = readerOf(path);
  if (read === undefined) return { faults: [], documents: [] };
  const result = readText(content);
  return 'fault' in result ? { faults: [result.fault], documents: [] } : read(result.text);
}
