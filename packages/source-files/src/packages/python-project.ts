import { InvalidInputError, normalisePep440, parsePypiName, pathIn } from '@ameide/versioning-core';
import { parse, TomlError } from 'smol-toml';
import { isObject, type JsonObject } from '../json/json.ts';
import { readSetupCfg, setupValues } from '../setuptools/setup-cfg.ts';
import { readSetupProgram } from '../setuptools/setup-program.ts';
import type { FoundPackage } from './found-package.ts';

/** The contents of a project's files, by name. */
export interface PythonFiles {
  readonly 'pyproject.toml'?: string;
  readonly 'setup.cfg'?: string;
  readonly 'setup.py'?: string;
}

/** What one of the files says. */
interface Stated {
  readonly file: keyof PythonFiles;
  readonly name: unknown;
  readonly version?: unknown;
  readonly isPrivate?: boolean;
}

/**
 * Reads a Python project: `[project]` (PEP 621), `[tool.poetry]`, setup.cfg, or what setup.py passes as
 * plain strings. Returns undefined if none of them names a project: then they only configure tools. Throws `InvalidInputError`.
 */
export function readPythonProject(directory: string, files: PythonFiles): FoundPackage | undefined {
  const pyproject = parseToml(files['pyproject.toml'] ?? '', pathIn(directory, 'pyproject.toml'));
  const stated = inPyproject(pyproject, files) ?? inSetup(directory, files);
  if (stated === undefined) return undefined;
  const { file, isPrivate = false, name, version } = stated;
  const manifest = pathIn(directory, file);
  const isVersion = typeof version === 'string' && normalisePep440(version) !== undefined;
  return {
    ecosystem: 'pypi',
    name: parsePypiName(name, `${manifest}: name`),
    directory,
    manifest,
    ...(isVersion ? { version } : {}),
    isPrivate,
  };
}

function inPyproject(root: JsonObject, files: PythonFiles): Stated | undefined {
  const tools = tableIn(root, 'tool');
  const [project, poetry, uv] = [root['project'], tools['poetry'], tableIn(tools, 'uv')];
  const main = isObject(project) ? project : poetry;
  if (!isObject(main) || main['name'] === undefined) return undefined;
  // uv installs no project without a build system (https://docs.astral.sh/uv/concepts/projects/config/#build-systems).
  const isBuilt =
    root['build-system'] !== undefined ||
    files['setup.py'] !== undefined ||
    files['setup.cfg'] !== undefined;
  return {
    file: 'pyproject.toml',
    name: main['name'],
    // poetry-core reads what [project] leaves open from its own table.
    version: main['version'] ?? (isObject(poetry) ? poetry['version'] : undefined),
    isPrivate:
      isPrivate(main['classifiers']) ||
      (isObject(poetry) && poetry['package-mode'] === false) ||
      !(uv['package'] ?? isBuilt),
  };
}

function inSetup(directory: string, files: PythonFiles): Stated | undefined {
  const program = readSetupProgram(files['setup.py'] ?? '');
  const setup = readSetupCfg(files['setup.cfg'] ?? '', pathIn(directory, 'setup.cfg'));
  const [named] = setupValues(setup, 'metadata', 'name') ?? [];
  const [written] = setupValues(setup, 'metadata', 'version') ?? [];
  const name = named ?? program.name;
  if (name === undefined) return undefined;
  return {
    file: named === undefined ? 'setup.py' : 'setup.cfg',
    name,
    version: written ?? program.version,
    isPrivate: isPrivate(setupValues(setup, 'metadata', 'classifiers')),
  };
}

function tableIn(table: JsonObject, key: string): JsonObject {
  const value = table[key];
  return isObject(value) ? value : {};
}

function isPrivate(classifiers: unknown): boolean {
  return (
    Array.isArray(classifiers) &&
    classifiers.some((text) => typeof text === 'string' && /^private\s*::/i.test(text))
  );
}

function parseToml(text: string, path: string): JsonObject {
  try {
    return parse(text) as JsonObject;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = error.message.split('\n')[0] ?? '';
    throw new InvalidInputError({
      field: path,
      expected: `valid TOML 1.0; line ${error.line}, column ${error.column}: ${what}`,
    });
  }
}
