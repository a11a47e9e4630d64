import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanText, folderName } from '@ameide/publisher-kit';
import { failed, ok, type Problem, type Result } from '@ameide/versioning-core';
import {
  type BuildFacts,
  type BuildIndex,
  type BuiltPart,
  indexName,
  isIndexName,
  PARTIAL,
  parseIndex,
} from './build-index.ts';
import { builtForAnother, folderChanged, folderIncomplete, folderMixed } from './problems.ts';

/** A build folder whose indexes name everything that is in it, and agree. */
export interface BuiltFolder {
  /** Absolute. */
  readonly path: string;
  /** By publisher. */
  readonly parts: ReadonlyMap<string, BuiltPart>;
}

/**
 * Reads the indexes of a folder. Refuses a folder that has anything that they do not name, or lacks anything that
 * they name; whose indexes do not agree; or that is of another commit, channel or definition. Does not read the
 * built files: `loadBuilt` checks a copy of them.
 */
export async function openBuilt(path: string, facts: BuildFacts): Promise<Result<BuiltFolder>> {
  const names = await readdir(path).catch(() => undefined);
  if (names === undefined)
    return failed(folderIncomplete(path, 'it is not there, or cannot be read'));
  const read = await readIndexes(path, names);
  if (read.value === undefined) return read;
  const indexes = read.value;
  const parts = indexes.flatMap((index) => index.parts);
  const wrong =
    findMixed(path, indexes) ??
    findUnnamed(path, names, parts) ??
    (await findMissing(path, parts)) ??
    findOtherBuild(path, facts, indexes[0]);
  if (wrong !== undefined) return failed(wrong);
  return ok({ path, parts: new Map(parts.map((part) => [part.publisher, part])) });
}

async function readIndexes(
  path: string,
  names: readonly string[],
): Promise<Result<readonly BuildIndex[]>> {
  const found: BuildIndex[] = [];
  for (const name of names.filter(isIndexName)) {
    const text = await readRegularFile(join(path, name));
    const index = text === undefined || indexName(text) !== name ? undefined : parseIndex(text);
    if (index === undefined)
      return failed(folderChanged(path, `${name} is not the index that a build wrote`));
    found.push(index);
  }
  if (found.length > 0) return ok(found);
  return failed(folderIncomplete(path, 'it has no index, which a build writes last'));
}

/** Returns undefined for a link, a pipe or the like: never follows the one, nor waits for the other. */
async function readRegularFile(path: string): Promise<string | undefined> {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
  try {
    await using file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    return (await file.stat()).isFile() ? await file.readFile('utf8') : undefined;
  } catch {
    return undefined;
  }
}

function findMixed(path: string, [first, ...others]: readonly BuildIndex[]): Problem | undefined {
  const other = others.find(
    ({ channel, definition, sha }) =>
      sha !== first?.sha || channel !== first.channel || definition !== first.definition,
  );
  if (other !== undefined)
    return folderMixed(path, 'their commits, channels or definitions are different');
  const parts = [first, ...others].flatMap((index) => index?.parts ?? []);
  const twice = parts.find(
    (part, at) => parts.findIndex(({ publisher }) => publisher === part.publisher) !== at,
  );
  if (twice === undefined) return undefined;
  return folderMixed(path, `${cleanText(twice.publisher)} was built more than once`);
}

function findUnnamed(
  path: string,
  names: readonly string[],
  parts: readonly BuiltPart[],
): Problem | undefined {
  const misplaced = parts.find(({ folder, publisher }) => folder !== folderName(publisher));
  if (misplaced !== undefined)
    return folderChanged(path, `its index names the folder ${cleanText(misplaced.folder)}`);
  const folders = new Set(parts.map(({ folder }) => folder));
  const unnamed = names.filter((name) => !isIndexName(name) && !folders.has(name));
  const [first] = unnamed;
  if (first === undefined) return undefined;
  const partial = unnamed.find((name) => name.endsWith(PARTIAL));
  if (partial !== undefined)
    return folderIncomplete(path, `a build was stopped while it wrote ${cleanText(partial)}`);
  return folderChanged(path, `no index names ${cleanText(first)}`);
}

async function findMissing(
  path: string,
  parts: readonly BuiltPart[],
): Promise<Problem | undefined> {
  for (const { files, folder } of parts) {
    const stats = await lstat(join(path, folder)).catch(() => undefined);
    if (stats === undefined && files.length > 0)
      return folderIncomplete(path, `there is no ${folder}`);
    if (stats?.isDirectory() === false) return folderChanged(path, `${folder} is no folder`);
  }
  return undefined;
}

function findOtherBuild(
  path: string,
  facts: BuildFacts,
  index: BuildFacts | undefined,
): Problem | undefined {
  const { channel, definition, sha } = index ?? facts;
  const another = (reason: string): Problem => builtForAnother(`in ${path}`, reason);
  if (sha !== facts.sha)
    return another(`it was built from ${cleanText(sha)}, but this commit is ${facts.sha}`);
  if (channel !== facts.channel)
    return another(`its channel is ${cleanText(channel)}, but this run's is ${facts.channel}`);
  if (definition !== facts.definition)
    return another('it was built by another release definition, or with other options');
  return undefined;
}
