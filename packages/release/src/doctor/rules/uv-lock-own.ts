import { pathIn } from '@ameide/versioning-core';
import type { FileReader } from '../file-reader.ts';
import type { FileFix } from '../finding.ts';

/**
 * uv.lock repeats the version of the project itself, and `uv lock --check` refuses another one. Returns the
 * edits that write the placeholder there, too.
 */
export async function ownVersionFixes(
  name: string,
  directory: string,
  reader: FileReader,
): Promise<readonly FileFix[]> {
  for (const folder of foldersUp(directory)) {
    const path = pathIn(folder, 'uv.lock');
    const text = await reader.text(path);
    if (text === undefined) continue;
    const found = OWN_VERSION.exec(text.slice(packageStart(text, name)));
    if (found === null || packageStart(text, name) === text.length) return [];
    const start = packageStart(text, name) + (found[1] ?? '').length;
    return [{ path, edits: [{ start, end: start + (found[2] ?? '').length, text: '0.0.0' }] }];
  }
  return [];
}

/** uv writes each package as a table whose first keys are these. */
const OWN_VERSION =
  /^(\[\[package\]\]\r?\nname = "[^"]+"\r?\nversion = ")([^"]+)"\r?\nsource = \{ (?:editable|virtual|directory) = /;

function packageStart(text: string, name: string): number {
  const start = text.search(new RegExp(String.raw`^\[\[package\]\]\r?\nname = "${name}"\r?$`, 'm'));
  return start === -1 ? text.length : start;
}

function foldersUp(directory: string): readonly string[] {
  if (directory === '') return [''];
  const parts = directory.split('/');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/')).concat('');
}
