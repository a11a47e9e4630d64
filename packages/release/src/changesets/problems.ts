import { InvalidInputError } from '@ameide/versioning-core';

const MAX_LENGTH = 400;

/**
 * Calls changesets' code, and turns its error into a problem. Failures of the machine, such as a
 * full disk, pass. Messages name files by their paths in the repository, which is laid out in
 * `root`.
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

/** What changesets say, in one line. */
export function reasonOf({ message }: Error, root: string): string {
  const line = message.replaceAll(`${root}/`, '').replace(/\s+/g, ' ').trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
}

function isOfMachine(error: Error): boolean {
  return 'syscall' in error && !isAbsent(error);
}

/** True if a file is not there. */
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
