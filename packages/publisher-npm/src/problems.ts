import { assertNoCollisions } from '@ameide/publisher-kit';
import {
  InvalidInputError,
  inputProblem,
  type Problem,
  type ProblemInput,
  printable,
} from '@ameide/versioning-core';
import type { Packer } from './pack/packer.ts';

/** Where a file of the package is, or would be, in the repository: what `allow` names. */
export function repositoryPath(
  { directory = '' }: Pick<Packer, 'directory'>,
  path: string,
): string {
  return directory === '' ? path : `${directory}/${path}`;
}

/** For a message. The name of a file may hold anything. */
export function listPaths(paths: readonly string[]): string {
  return paths.map((path) => (/^[\x21-\x7e]+$/.test(path) ? path : printable(path))).join(', ');
}

/** The first two of the paths that Windows or macOS take for one file. `project` would publish them. */
export function collisionProblems(
  project: string,
  paths: readonly string[],
  about: Partial<ProblemInput>,
): readonly Problem[] {
  try {
    assertNoCollisions(paths);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const path = paths.find((one) => printable(one) === error.received);
    const message = `${project} would publish ${error.received}, but needs ${error.expected}.`;
    return [inputProblem(error, { message, ...(path === undefined ? {} : { path }), ...about })];
  }
}
