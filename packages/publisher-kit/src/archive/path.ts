import { InvalidInputError, printable } from '@ameide/versioning-core';

/**
 * Compares by UTF-8 bytes, so the order is the same on every machine and in every locale.
 * JavaScript compares UTF-16 units, which differs beyond U+FFFF.
 */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * True for a path that is safe in an archive: relative, with `/`, valid Unicode, without empty, `.`
 * and `..` parts and NUL. `portable` also forbids backslashes (a separator on Windows) and control
 * characters.
 */
export function isArchivePath(path: string, portable = true): boolean {
  const parts = path.split('/');
  return (
    parts.every((part) => part !== '' && part !== '.' && part !== '..') &&
    !(portable ? /[\\\x00-\x1f\x7f\ufffd]/ : /\0/).test(path) &&
    path.isWellFormed()
  );
}

/** Throws `InvalidInputError` unless `isArchivePath`. */
export function assertArchivePath(path: string, portable = true): void {
  if (isArchivePath(path, portable)) return;
  throw new InvalidInputError({
    field: 'path',
    received: path,
    expected:
      'a relative path with "/", without "..", backslashes and control characters, for example src/index.js',
    hint: 'Rename the file, or leave it out of the package.',
  });
}

/**
 * Throws `InvalidInputError`, which names both, if two paths (or folders above them) are equal.
 * `portable` also throws if they are equal when letter case and Unicode normal forms are ignored
 * (Windows, macOS). golang.org/x/mod/zip refuses these for the same reason.
 */
export function assertNoCollisions(paths: Iterable<string>, portable = true): void {
  const seen = new Map<string, { readonly path: string; readonly file: boolean }>();
  for (const path of paths) {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1))
      note({ path: path.slice(0, at), file: false });
    note({ path, file: true });
  }

  function note(entry: { readonly path: string; readonly file: boolean }): void {
    const key = portable ? fold(entry.path) : entry.path;
    const other = seen.get(key);
    if (other === undefined) seen.set(key, entry);
    else if (other.path !== entry.path || other.file || entry.file)
      throw collision(other.path, entry.path);
  }
}

/**
 * Converts to upper case first: only that makes letters such as `ß` and `ss`, `ſ` and `s` equal.
 */
function fold(path: string): string {
  return path.normalize('NFD').toUpperCase().toLowerCase().normalize('NFC');
}

function collision(first: string, second: string): InvalidInputError {
  const error = {
    field: 'path',
    received: second,
    expected: `a path that differs from ${printable(first)} when case and Unicode normal form are ignored`,
    hint: 'Rename one of them: on Windows and macOS they are the same file.',
  };
  return new InvalidInputError(error, 'path-collision');
}
