import { join } from 'node:path/posix';
import type { Span } from '@ameide/source-files/text';
import { folderOf } from '@ameide/versioning-core';
import { eq, valid } from '@renovatebot/pep440';
import { whereIs } from '../at-place.ts';
import type { FileReader } from '../file-reader.ts';
import { statedVersion } from '../rules/python-version.ts';
import type { Difference } from './project.ts';

/** A project that a uv.lock takes from a folder, and the version that it repeats. */
export interface UvFolder {
  /** Relative to the repository's root; `''` for the root. */
  readonly folder: string;
  readonly version: string;
  /** Of the version, without quotes. */
  readonly span: Span;
}

/**
 * How uv writes a package (`[[package]]`) and, where one name has several versions, a dependency. A project with a
 * dynamic version has none here.
 */
const FROM_FOLDER =
  /(?:^\[\[package\]\]\r?\n|\{ )name = "[^"]+"(?:\r?\n|, )version = "([^"]+)"(?:\r?\n|, )source = \{ (?:editable|virtual|directory) = "([^"]+)" \}/dgm;

/** The projects that a uv.lock takes from folders: the one beside it, members of its workspace, and others. */
export function uvFolders(path: string, text: string): readonly UvFolder[] {
  return [...text.matchAll(FROM_FOLDER)].map((match) => {
    const [, version = '', to = ''] = match;
    const [start, end] = match.indices?.[1] ?? [0, 0];
    const folder = join(folderOf(path), to);
    return { version, folder: folder === '.' ? '' : folder, span: { start, end } };
  });
}

/** `uv lock --check` refuses another version than the manifest of such a folder states. */
export async function uvVersionDifferences(
  path: string,
  reader: FileReader,
): Promise<readonly Difference[]> {
  const text = (await reader.text(path)) ?? '';
  const all = await Promise.all(
    uvFolders(path, text).map(async ({ folder, span, version }): Promise<readonly Difference[]> => {
      const stated = await statedVersion(folder, reader);
      if (stated === undefined || isSame(stated.version, version)) return [];
      return [
        {
          message: `${stated.path} states the version ${stated.version}, and ${path} has ${version}.`,
          where: whereIs(path, text, span),
        },
      ];
    }),
  );
  return all.flat();
}

/** By PEP 440: uv writes the normal form, `1.0b1` for `1.0-beta.1`. */
function isSame(one: string, other: string): boolean {
  if (one === other) return true;
  // What is no version uv refuses before it looks at the lockfile.
  return valid(one) === null || valid(other) === null || eq(one, other);
}
