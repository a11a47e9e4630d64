import { holdsPrivateKey, isSecretFile } from '@ameide/publisher-kit';
import {
  type BundleFile,
  InvalidInputError,
  type SourceTree,
  type TreeFile,
} from '@ameide/versioning-core';
import { type Fault, type FileFault, refuse } from './check/fault.ts';
import { collisionFault, pathFault } from './check/paths.ts';
import { readerOf } from './check/reader.ts';
import type { Reading } from './check/reading.ts';
import { type Schemas, schemaFaults } from './check/schema.ts';
import { readText } from './check/text.ts';

/** All files together: a bundle is held in memory, once for all of its carriers. */
const MAX_BUNDLE_BYTES = 64 << 20;

// They steer git, and mean nothing to who has the bundle; npm even renames a .gitignore when it
// installs a package.
const GIT_FILES = /(?:^|\/)\.git(?:ignore|attributes|keep|modules)$/;

/**
 * The files below a directory at the commit, sorted by the bytes of their paths, which are relative
 * to it. Every file is checked first: throws one `InvalidInputError`, code `configuration-invalid`,
 * that names what is wrong in all of them.
 */
export async function readBundle(
  source: SourceTree,
  directory: string,
  schemas: Schemas,
): Promise<readonly BundleFile[]> {
  const listed = (await source.list(directory)).filter(({ path }) => !GIT_FILES.test(path));
  if (listed.length === 0) {
    const expected = `a directory with files at commit ${source.sha}`;
    throw new InvalidInputError({
      field: 'directory',
      received: directory,
      expected,
      hint: 'What is not committed is not published.',
    });
  }
  const entries = listed.map((file) => ({ ...file, path: file.path.slice(directory.length + 1) }));
  const faults: FileFault[] = entries.flatMap(({ path, mode }) =>
    named(path, pathFault(path, mode)),
  );
  const paths = entries.map(({ path }) => path);
  faults.push(...named('', collisionFault(paths)));
  const files = await readFiles(source, directory, entries.filter(isFile));
  const checked = new Map(files.map(({ path, content }) => [path, checkContent(path, content)]));
  for (const [path, { faults: found }] of checked)
    faults.push(...found.map((fault) => ({ path, ...fault })));
  const values = (path: string): readonly unknown[] | undefined => checked.get(path)?.values;
  faults.push(...(await schemaFaults(schemas, paths, values)));
  refuse(
    faults.map((fault) => ({
      ...fault,
      path: fault.path === '' ? directory : `${directory}/${fault.path}`,
    })),
  );
  return files;
}

function isFile({ mode }: TreeFile): boolean {
  return mode === 'file' || mode === 'executable';
}

function named(path: string, fault: Fault | undefined): readonly FileFault[] {
  return fault === undefined ? [] : [{ path, ...fault }];
}

async function readFiles(
  source: SourceTree,
  directory: string,
  entries: readonly TreeFile[],
): Promise<readonly BundleFile[]> {
  const files: BundleFile[] = [];
  let size = 0;
  for (const { path, mode } of entries) {
    // One after the other, so that no more is read than is allowed.
    const content = await source.readBytes(`${directory}/${path}`);
    if (content === undefined)
      throw new Error(`${directory}/${path} is listed at commit ${source.sha} and cannot be read`);
    size += content.length;
    if (size > MAX_BUNDLE_BYTES)
      refuse([{ path: directory, what: `has more than ${MAX_BUNDLE_BYTES} bytes in its files` }]);
    files.push({ path, content, ...(mode === 'executable' ? { executable: true } : {}) });
  }
  return files;
}

type Checked = Pick<Reading, 'faults'> & Partial<Pick<Reading, 'values'>>;

function checkContent(path: string, content: Uint8Array): Checked {
  if (isSecretFile(path)) return { faults: [{ what: 'usually holds credentials' }] };
  if (holdsPrivateKey(content)) return { faults: [{ what: 'holds a private key' }] };
  if (isLfsPointer(content))
    return { faults: [{ what: 'is a Git LFS pointer: what it stands for is not in the commit' }] };
  const read = readerOf(path);
  if (read === undefined) return { faults: [] };
  const result = readText(content);
  return 'fault' in result ? { faults: [result.fault] } : read(result.text);
}

// git-lfs/docs/spec.md. It is YAML, too, so that nothing else would notice.
const LFS_POINTER = Buffer.from('version https://git-lfs.github.com/spec/v1\n');

function isLfsPointer(content: Uint8Array): boolean {
  return LFS_POINTER.equals(content.subarray(0, LFS_POINTER.length));
}
