import { InvalidInputError, received } from '../errors.ts';

/**
 * Parses a repository path from an option into the one form that we join and compare: relative to
 * the root, `/` between its parts, no leading `./`, no trailing `/`; `''` is the root, also for
 * `.`. Does not check that the path exists. Throws `InvalidInputError` with `code`.
 */
export function parseRepositoryPath(
  value: unknown,
  field = 'directory',
  code = 'invalid-input',
): string {
  if (typeof value === 'string' && !/^\/|^[A-Za-z]:|[\\\p{C}]/u.test(value)) {
    const parts = value.split('/');
    while (parts.at(-1) === '') parts.pop();
    while (parts[0] === '.') parts.shift();
    if (parts.every((part) => part !== '' && part !== '.' && part !== '..')) return parts.join('/');
  }
  throw new InvalidInputError(
    {
      field,
      received: received(value),
      expected: 'a path relative to the root of the repository, for example packages/sdk',
      hint: 'Write it relative to the root of the repository, wherever the command runs, with / on Windows too and without "..".',
    },
    code,
  );
}

/** Joins a directory and a path in it; `''` is the root. */
export function pathIn(directory: string, path: string): string {
  return directory === '' ? path : `${directory}/${path}`;
}

/**
 * The reverse of `pathIn`: returns a repository path relative to the directory that contains it.
 */
export function pathBelow(directory: string, path: string): string {
  return directory === '' ? path : path.slice(directory.length + 1);
}

/** True if a directory contains a repository path, at any depth. */
export function isBelow(directory: string, path: string): boolean {
  return directory === '' || path.startsWith(`${directory}/`);
}

/** Returns the directory that contains a path; `''` for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
