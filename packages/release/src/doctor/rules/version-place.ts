import { basename } from 'node:path/posix';
import { locateJson } from '@ameide/source-files/json';
import type { LocatedValue } from '@ameide/source-files/text';
import { locateToml } from '@ameide/source-files/toml';
import { type Where, whereIs } from '../at-place.ts';

/** Where a version file states its version. */
export async function versionWhere(path: string, text: string): Promise<Where> {
  return whereIs(path, text, versionIn(path, text)?.value);
}

/** The version in a package.json, pyproject.toml, Cargo.toml, another JSON file, or one that is only a version. */
function versionIn(path: string, text: string): LocatedValue | undefined {
  if (path.endsWith('.json')) return locateJson(text, ['version']);
  if (basename(path) === 'Cargo.toml')
    return (
      locateToml(text, ['package', 'version']) ??
      locateToml(text, ['workspace', 'package', 'version'])
    );
  if (path.endsWith('.toml'))
    return (
      locateToml(text, ['project', 'version']) ?? locateToml(text, ['tool', 'poetry', 'version'])
    );
  return undefined;
}
