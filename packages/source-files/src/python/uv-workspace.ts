import { matchesGlob } from 'node:path/posix';
import { parse } from 'smol-toml';
import { isObject } from '../json/json.ts';

/** What `[tool.uv.workspace]` names: https://docs.astral.sh/uv/concepts/projects/workspaces/ */
export interface UvWorkspace {
  readonly members: readonly string[];
  readonly exclude: readonly string[];
}

/** Returns the workspace of a pyproject.toml; undefined if it has none, or cannot be read. */
export function uvWorkspace(pyproject: string): UvWorkspace | undefined {
  if (!pyproject.includes('workspace')) return undefined;
  try {
    const { tool } = parse(pyproject);
    const uv = isObject(tool) ? tool['uv'] : undefined;
    const workspace = isObject(uv) ? uv['workspace'] : undefined;
    if (!isObject(workspace)) return undefined;
    return { members: texts(workspace['members']), exclude: texts(workspace['exclude']) };
  } catch {
    return undefined;
  }
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** True for a folder, relative to the workspace's root, that is one of its members. */
export function isUvMember(folder: string, { exclude, members }: UvWorkspace): boolean {
  const matches = (globs: readonly string[]): boolean =>
    globs.some((glob) => matchesGlob(folder, glob.replace(/^\.\/|\/$/g, '')));
  return matches(members) && !matches(exclude);
}
