import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InvalidInputError } from '@ameide/versioning-core';
import { pathInside } from '../commit/path-inside.ts';
import {
  type BuildIndex,
  indexName,
  indexText,
  isIndexName,
  PARTIAL,
  parseIndex,
} from './build-index.ts';

/** Writes the index of a build whose files are in place, and takes its parts out of earlier ones. */
export async function writeIndex(out: string, index: BuildIndex): Promise<void> {
  const rebuilt = new Set(index.parts.map(({ publisher }) => publisher));
  for (const [name, earlier] of await readIndexes(out)) {
    const parts = earlier.parts.filter(({ publisher }) => !rebuilt.has(publisher));
    if (parts.length === earlier.parts.length) continue;
    if (parts.length > 0) await writeWhole(out, { ...earlier, parts });
    await rm(join(out, name));
  }
  await writeWhole(out, index);
}

/** Writes the file so that it appears under its name only when it is whole. */
async function writeWhole(out: string, index: BuildIndex): Promise<void> {
  const text = indexText(index);
  const path = join(out, indexName(text));
  await writeFile(`${path}${PARTIAL}`, text);
  await rename(`${path}${PARTIAL}`, path);
}

async function readIndexes(out: string): Promise<readonly (readonly [string, BuildIndex])[]> {
  const names = (await readdir(out)).filter(isIndexName);
  const found = await Promise.all(
    names.map(async (name) => [name, parseIndex(await readFile(join(out, name), 'utf8'))] as const),
  );
  return found.flatMap(([name, index]) => (index === undefined ? [] : [[name, index] as const]));
}

/**
 * Makes the folder for a build if it does not exist. Throws `InvalidInputError` if the folder is in the repository, or
 * has anything that is not a build's, which must not be lost. `folders` are those that will be written.
 */
export async function openOut(
  out: string,
  repository: string,
  folders: readonly string[],
): Promise<void> {
  if (pathInside(repository, resolve(out)) !== undefined)
    throw new InvalidInputError(
      {
        field: 'out',
        received: out,
        expected:
          'a folder outside the repository: inside, its files would count as uncommitted changes',
      },
      'out-folder',
    );
  await mkdir(out, { recursive: true });
  const indexed = (await readIndexes(out)).flatMap(([, { parts }]) =>
    parts.map(({ folder }) => folder),
  );
  const ours = new Set([...folders, ...indexed]);
  for (const name of await readdir(out)) {
    if (ours.has(name) || isIndexName(name) || name.endsWith(PARTIAL)) continue;
    throw new InvalidInputError(
      {
        field: 'out',
        received: out,
        expected: `a folder that is new, empty or has only builds; this one has ${name}`,
      },
      'out-folder',
    );
  }
}
