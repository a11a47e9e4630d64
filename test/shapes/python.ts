import { basename } from 'node:path';
import { listArchive } from './archive.ts';
import type { Archives, Files, PythonArtifact } from './shape.ts';
import { withoutPythonStamp } from './stamp.ts';

/** The wheels and sdists of one project, without what the stamp changes. */
export async function listPython(
  artifact: PythonArtifact,
  paths: readonly string[],
): Promise<Archives> {
  const archives = await Promise.all(
    paths.map(async (path) => {
      const files = await listArchive(path);
      const version = versionIn(files);
      const name = basename(path).replace(`-${version}`, '');
      return [name, withoutPythonStamp(files, artifact, version)] as const;
    }),
  );
  return Object.fromEntries(archives);
}

function versionIn(files: Files): string {
  for (const [path, content] of Object.entries(files)) {
    const [, version] = /^Version: (.*)$/m.exec(content) ?? [];
    if (/^[^/]+(?:\.dist-info\/METADATA|\/PKG-INFO)$/.test(path) && version !== undefined)
      return version;
  }
  throw new Error(`no version in ${Object.keys(files).join(', ')}`);
}
