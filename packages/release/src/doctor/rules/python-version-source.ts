import { pathIn } from '@ameide/versioning-core';
import { tableAt } from '../facts.ts';
import type { FileReader } from '../file-reader.ts';

/**
 * The file whose `__version__` the build takes for the project's version, and where a release writes it.
 * Undefined if there is none, or if it is found in another way.
 */
export async function versionSourceOf(
  directory: string,
  name: string,
  reader: FileReader,
): Promise<string | undefined> {
  const root = await reader.toml(pathIn(directory, 'pyproject.toml'));
  const { dynamic } = tableAt(root, 'project');
  if (!Array.isArray(dynamic) || !dynamic.includes('version')) return undefined;
  const { 'build-backend': backend } = tableAt(root, 'build-system');
  const candidates = candidatesOf(root, name, {
    backend,
    hasSrc: reader.all.some((path) => path.startsWith(pathIn(directory, 'src/'))),
  });
  return candidates.map((path) => pathIn(directory, path)).find((path) => reader.has(path));
}

interface Layout {
  readonly backend: unknown;
  readonly hasSrc: boolean;
}

function candidatesOf(root: unknown, name: string, { backend, hasSrc }: Layout): readonly string[] {
  if (backend === 'hatchling.build') return namedFile(tableAt(root, 'tool', 'hatch', 'version'));
  if (backend === 'pdm.backend') return namedFile(tableAt(root, 'tool', 'pdm', 'version'));
  if (backend === 'flit_core.buildapi') return flitFiles(root, name);
  const { attr } = tableAt(root, 'tool', 'setuptools', 'dynamic', 'version');
  return typeof attr === 'string' ? attributeFiles(root, attr, hasSrc) : [];
}

/** https://hatch.pypa.io/latest/version/ and https://backend.pdm-project.org/metadata/: `__version__`, unless a pattern is given. */
function namedFile({ expression, path, pattern, source }: Readonly<Record<string, unknown>>) {
  const isPlain = expression === undefined && pattern === undefined;
  const isRead = source === undefined || source === 'regex' || source === 'file';
  return typeof path === 'string' && isPlain && isRead ? [path] : [];
}

/** https://flit.pypa.io/en/stable/pyproject_toml.html#module-section */
function flitFiles(root: unknown, name: string): readonly string[] {
  const { name: given } = tableAt(root, 'tool', 'flit', 'module');
  const module = (typeof given === 'string' ? given : moduleName(name)).replaceAll('.', '/');
  return ['', 'src/'].flatMap((folder) => [
    `${folder}${module}/__init__.py`,
    `${folder}${module}.py`,
  ]);
}

/** As `_find_module` of https://github.com/pypa/setuptools/blob/main/setuptools/config/expand.py. */
function attributeFiles(root: unknown, attr: string, hasSrc: boolean): readonly string[] {
  const parts = attr.trim().split('.');
  if (parts.pop() !== '__version__' || parts.length === 0) return [];
  const setuptools = tableAt(root, 'tool', 'setuptools');
  const folders = tableAt(setuptools, 'package-dir');
  const { where } = tableAt(setuptools, 'packages', 'find');
  const listed: unknown = Array.isArray(where) ? where[0] : undefined;
  const isFound = setuptools['packages'] === undefined && hasSrc;
  const otherwise = folders[''] ?? listed ?? (isFound ? 'src' : '');
  for (let count = parts.length; count > 0; count -= 1) {
    const folder = folders[parts.slice(0, count).join('.')];
    if (typeof folder === 'string') return moduleFiles(folder, parts.slice(count));
  }
  return typeof otherwise === 'string' ? moduleFiles(otherwise, parts) : [];
}

function moduleFiles(folder: string, parts: readonly string[]): readonly string[] {
  const path = [...folder.split('/'), ...parts].filter((one) => !/^\.?$/.test(one)).join('/');
  return [`${path}.py`, `${path}/__init__.py`];
}

/** The name of the module that a project is named as. */
export function moduleName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '_');
}
