import { posix } from 'node:path';
import type { SourceTree } from '@ameide/versioning-core';
import { parse, TomlError } from 'smol-toml';
import { localNames } from './requirements.ts';
import { isTable, type Table, tableAt } from './toml.ts';

/**
 * Returns the names that the root of a project's uv workspace takes from its members, PEP 503: its
 * `[tool.uv.sources]` count for all of them.
 * https://docs.astral.sh/uv/concepts/projects/workspaces/#workspace-sources
 */
export async function uvWorkspaceNames(
  source: SourceTree,
  directory: string,
): Promise<readonly string[]> {
  for (let folder = directory; folder !== '' && folder !== '.'; ) {
    folder = posix.dirname(folder);
    const root = tableIn((await source.readText(posix.join(folder, 'pyproject.toml'))) ?? '');
    const sources = tableAt(root, 'tool', 'uv', 'sources');
    if (isTable(tableAt(root, 'tool', 'uv')['workspace']))
      return [...localNames({ tool: { uv: { sources } } })];
  }
  return [];
}

/** The file of another project, which that project's own publisher reports if it is no TOML. */
function tableIn(text: string): Table {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof TomlError) return {};
    throw error;
  }
}
