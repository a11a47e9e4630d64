import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '@ameide/source-files/json';
import { InvalidInputError } from '@ameide/versioning-core';
import { type Destination, parseManifest } from '../manifest/read.ts';
import { rewriteManifest } from '../manifest/rewrite.ts';
import type { ScopeOf } from '../manifest/scope.ts';
import type { NpmPlan } from '../plan.ts';
import { type ChosenFile, chooseFiles, type PackageFolder } from './choose-files.ts';

export interface PackageReader extends Destination {
  readonly scope: ScopeOf;
  /** True if the packed package.json has the README's text. */
  readonly embedsReadme: boolean;
}

/** What a folder publishes: its package.json as packed, and the other files. */
export interface PackageContent {
  readonly manifest: JsonObject;
  readonly files: readonly ChosenFile[];
}

/**
 * Reads what a folder publishes in its present state: the build may have changed the
 * package.json or made the folder. Returns undefined if there is no package.json. Throws
 * `InvalidInputError` as `parseManifest` and `rewriteManifest` do, and if it has another name.
 */
export async function readPackage(
  folder: PackageFolder,
  { embedsReadme, scope, ...to }: PackageReader,
  { name, stamp }: NpmPlan,
): Promise<PackageContent | undefined> {
  const path = join(folder.directory, 'package.json');
  const text = await readFile(join(folder.root, path), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const read = parseManifest(text, path, to);
  if (read.name !== name) {
    const wrong = { field: `${path}: name`, received: read.name, expected: name };
    throw new InvalidInputError(wrong, 'npm-name');
  }
  const manifest = {
    ...(embedsReadme ? await readme(join(folder.root, folder.directory)) : {}),
    ...rewriteManifest(read.json, stamp, scope(stamp)),
  };
  return { manifest, files: await chooseFiles(folder, { source: read.json, published: manifest }) };
}

/** As pnpm 12 chooses it: README.md in any case, else another Markdown file, else README; no link. */
async function readme(folder: string): Promise<JsonObject> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .toSorted();
  const name =
    names.find((file) => /^readme\.md$/i.test(file)) ??
    names.find((file) => /^readme(?:\..*)?\.m?a?r?k?d?o?w?n?$/i.test(file)) ??
    names.find((file) => file === 'README');
  return name === undefined ? {} : { readme: await readFile(join(folder, name), 'utf8') };
}
