import { InvalidInputError } from '@ameide/versioning-core';

const MAX_LENGTH = 400;

/**
 * Calls changesets' code, and throws what `problemOf` makes of its error. Failures of the
 * machine, such as a full disk, are thrown unchanged. Messages name files by their paths in the
 * repository, whose files are in `root`.
 */
export async function refuse<T>(
  root: string,
  call: () => T | Promise<T>,
  problemOf: (reason: string, error: Error) => InvalidInputError | Promise<InvalidInputError>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Error) || isOfMachine(error)) throw error;
    throw await problemOf(reasonOf(error, root), error);
  }
}

/** Returns the message of changesets' error in one line. */
export function reasonOf({ message }: Error, root: string): string {
  const line = message.replaceAll(`${root}/`, '').replace(/\s+/g, ' ').trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
}

function isOfMachine(error: Error): boolean {
  return 'syscall' in error && !isAbsent(error);
}

/** True if the error is that a file does not exist. */
export function isAbsent(error: Error): boolean {
  return 'code' in error && error.code === 'ENOENT';
}

export function workspaceProblem(expected: string, hint?: string): InvalidInputError {
  return new InvalidInputError(
    { field: 'versionFile', expected, ...(hint === undefined ? {} : { hint }) },
    'changesets-workspace',
  );
}

export function settingsProblem(field: string, expected: string, hint?: string): InvalidInputError {
  return new InvalidInputError(
    { field, expected, ...(hint === undefined ? {} : { hint }) },
    'changesets-settings',
  );
}
