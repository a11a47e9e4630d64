import { sha256Hex } from '@ameide/publisher-kit';
import { tableAt } from '../facts.ts';
import type { TomlTable } from '../file-reader.ts';

/** `Locker._legacy_keys`, `_relevant_keys` and `_relevant_project_keys` of poetry 1.x and 2.x. */
const LEGACY = ['dependencies', 'source', 'extras', 'dev-dependencies'];
const OWN = [...LEGACY, 'group'];
const PROJECT = ['requires-python', 'dependencies', 'optional-dependencies'];

/**
 * The `content-hash` that a poetry.lock of this pyproject.toml may have: those of poetry 1 and 2, which differ if
 * there are dependency groups (PEP 735).
 */
export function contentHashes(root: TomlTable): readonly string[] {
  const project = present(tableAt(root, 'project'), PROJECT);
  const groups = tableAt(root, 'dependency-groups');
  return [contentHash(root, project, {}), contentHash(root, project, groups)];
}

function contentHash(root: TomlTable, project: TomlTable, groups: TomlTable): string {
  const own = tableAt(root, 'tool', 'poetry');
  const hasStandard = Object.keys(project).length > 0 || Object.keys(groups).length > 0;
  const poetry = hasStandard
    ? present(own, OWN)
    : { ...Object.fromEntries(LEGACY.map((key) => [key, own[key] ?? null])), ...present(own, OWN) };
  const content = hasStandard
    ? {
        ...(Object.keys(project).length > 0 ? { project } : {}),
        ...(Object.keys(groups).length > 0 ? { 'dependency-groups': groups } : {}),
        tool: { poetry },
      }
    : poetry;
  return sha256Hex(pythonJson(content));
}

function present(table: TomlTable, keys: readonly string[]): TomlTable {
  return Object.fromEntries(
    keys.filter((key) => table[key] !== undefined).map((key) => [key, table[key]]),
  );
}

/** `json.dumps(value, sort_keys=True)` of Python. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, one]) => `${pythonJson(key)}: ${pythonJson(one)}`).join(', ')}}`;
  }
  return JSON.stringify(value).replaceAll(
    /[\u0080-\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
