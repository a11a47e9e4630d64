import { InvalidInputError } from '@ameide/versioning-core';
import { parse, TomlError } from 'smol-toml';

/** A table of a TOML file. */
export type Table = Readonly<Record<string, unknown>>;

/** Returns the value if it is a table, else an empty table. */
export function tableOf(value: unknown): Table {
  return isTable(value) ? value : {};
}

export function isTable(value: unknown): value is Table {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}

/** Returns the table at the end of a path, or an empty one if there is none. */
export function tableAt(root: Table, ...path: readonly string[]): Table {
  return path.reduce((table, key) => tableOf(table[key]), root);
}

/** Throws `InvalidInputError`, code `pypi-invalid-pyproject`, if the text is not TOML 1.0. */
export function parseToml(text: string, file: string): Table {
  // Decoding writes U+FFFD for bytes that are not UTF-8.
  if (text.includes('\uFFFD'))
    throw invalidPyproject(file, 'UTF-8 text (TOML 1.0)', 'Save the file as UTF-8.');
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = error.message.split('\n')[0] ?? '';
    throw invalidPyproject(
      file,
      `valid TOML 1.0; line ${error.line}, column ${error.column}: ${what}`,
      'Correct that line: each key may occur only once.',
    );
  }
}

export function invalidPyproject(
  file: string,
  expected: string,
  hint: string,
  received?: unknown,
): InvalidInputError {
  const shown = typeof received === 'string' ? received : JSON.stringify(received);
  return new InvalidInputError(
    { field: file, expected, hint, ...(received === undefined ? {} : { received: shown }) },
    'pypi-invalid-pyproject',
  );
}
