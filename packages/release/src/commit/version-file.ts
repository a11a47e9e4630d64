import { basename } from 'node:path/posix';
import { InvalidInputError } from '@ameide/versioning-core';

/** How a version file is read, by its name. */
export interface VersionFileForm {
  /** Where in the file the version is, for messages; empty for a file that is only a version. */
  readonly field: string;
  /** Returns undefined if there is none. Throws `InvalidInputError` if the file does not parse. */
  read(text: string, file: string): Promise<unknown>;
}

/**
 * `*.json`: `version`. `Cargo.toml`: `package.version`, or the workspace's. Another `*.toml`:
 * `project.version` (https://packaging.python.org/en/latest/specifications/pyproject-toml/), or Poetry's.
 * Everything else: the file is the version, as in `VERSION`.
 */
export function formOf(file: string): VersionFileForm {
  if (file.endsWith('.json')) return JSON_FILE;
  if (basename(file) === 'Cargo.toml') return CARGO;
  return file.endsWith('.toml') ? PYPROJECT : PLAIN;
}

const JSON_FILE: VersionFileForm = {
  field: 'version',
  read: async (text, file) =>
    at(
      parsed(file, 'JSON', () => JSON.parse(text)),
      'version',
    ),
};

const PYPROJECT: VersionFileForm = {
  field: 'project.version',
  async read(text, file) {
    const pyproject = await parseToml(text, file);
    return at(pyproject, 'project', 'version') ?? at(pyproject, 'tool', 'poetry', 'version');
  },
};

const CARGO: VersionFileForm = {
  field: 'package.version',
  async read(text, file) {
    const cargo = await parseToml(text, file);
    const own = at(cargo, 'package', 'version');
    // `version.workspace = true` in the root's own package means the table of the same file.
    return typeof own === 'string' ? own : at(cargo, 'workspace', 'package', 'version');
  },
};

const PLAIN: VersionFileForm = {
  field: '',
  async read(text, file) {
    const version = text.trim();
    // YAML, Python, setup.cfg: its lines are no version.
    if (/\s/.test(version))
      throw new InvalidInputError({
        field: file,
        expected: 'a file that is only a version, for example 0.1.0',
        hint: `${KNOWN_FILES} Otherwise take the base from the release tags (versionFrom: 'tags'), or give it: --base 0.1.0`,
      });
    return version === '' ? undefined : version;
  },
};

const KNOWN_FILES =
  'versionFile names a package.json, pyproject.toml, Cargo.toml, another JSON file with a version, or a file that is only a version.';

/** Loads the parser only for who needs it: `version` runs often. */
async function parseToml(text: string, file: string): Promise<unknown> {
  const { parse } = await import('smol-toml');
  return parsed(file, 'TOML', () => parse(text));
}

function parsed(file: string, language: string, parse: () => unknown): unknown {
  try {
    return parse();
  } catch (cause) {
    throw new InvalidInputError({
      field: file,
      expected: `${language} with a version; it does not parse: ${(cause as Error).message}`,
      hint: KNOWN_FILES,
    });
  }
}

function at(value: unknown, ...path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, first)) return undefined;
  return at((value as Readonly<Record<string, unknown>>)[first], ...rest);
}
