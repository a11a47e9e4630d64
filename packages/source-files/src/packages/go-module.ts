import { folderOf, InvalidInputError } from '@ameide/versioning-core';
import { goModulePath, isDownloadablePath } from '@ameide/versioning-core/go';
import type { FoundPackage } from './found-package.ts';

/**
 * Reads a go.mod. A module is private if nobody else can use it: its path is no address (`module tools`),
 * or it is below a folder `internal` (https://pkg.go.dev/cmd/go#hdr-Internal_Directories). Throws
 * `InvalidInputError` if no line names the module.
 */
export function readGoModule(path: string, text: string): FoundPackage {
  const name = goModulePath(text);
  if (name === undefined)
    throw new InvalidInputError({
      field: path,
      expected: 'a module line, for example "module github.com/ameideio/ameide-sdk-go"',
    });
  return {
    ecosystem: 'go',
    name,
    directory: folderOf(path),
    manifest: path,
    isPrivate: !isDownloadablePath(name) || name.split('/').includes('internal'),
  };
}
