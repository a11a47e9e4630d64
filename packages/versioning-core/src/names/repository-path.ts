import { InvalidInputError, received } from '../errors.ts';

/**
 * A path of the repository as people write it in an option, in the one form that is joined and
 * compared: relative to the root, `/` between its parts, nothing before and behind; `''` for the
 * root. A leading `./` and a trailing `/` are taken off, and `.` is the root. Whether a folder or a
 * file is there is for the caller to see. Throws `InvalidInputError` with `code`.
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
      hint: 'It counts from the root wherever the command runs, has / between its parts on Windows too, and leads nowhere else: no "..".',
    },
    code,
  );
}

/** The repository path of a path in a directory; `''` is the root. */
export function pathIn(directory: string, path: string): string {
  return directory === '' ? path : `${directory}/${path}`;
}

/** The other way round: a repository path relative to the directory that it is in. */
export function pathBelow(directory: string, path: string): string {
  return directory === '' ? path : path.slice(directory.length + 1);
}

/** Whether a repository path is in a directory, at any depth. */
export function isBelow(directory: string, path: string): boolean {
  return directory === '' || path.startsWith(`${directory}/`);
}

/** The directory that a path is in; `''` for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
