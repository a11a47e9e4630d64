import { folderOf, parseNpmName } from '@ameide/versioning-core';
import { parseManifestJson } from '../json/json.ts';
import type { FoundPackage } from './found-package.ts';

/**
 * Reads a package.json. Returns undefined for one without a name, which only sets options (`type`) for
 * its folder, and for a name below another one (`@scope/name/part`), which makes a folder of that
 * package importable. Throws `InvalidInputError`.
 */
export function readNpmPackage(path: string, text: string): FoundPackage | undefined {
  const { name, private: isPrivate, version } = parseManifestJson(text, path);
  if (typeof name !== 'string' || /^(?:@[^/]+\/)?[^@/][^/]*\//.test(name)) return undefined;
  return {
    ecosystem: 'npm',
    // Where nothing is published, a name that npm refuses is not an error.
    name: isPrivate ? name : parseNpmName(name, `${path}: name`),
    directory: folderOf(path),
    manifest: path,
    ...(typeof version === 'string' ? { version } : {}),
    // npm refuses any value that is true in JavaScript, even the string "false".
    isPrivate: Boolean(isPrivate),
  };
}
