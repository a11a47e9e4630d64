import { type ArchiveEntry, secretFiles } from '@ameide/publisher-kit';
import { type Problem, printable } from '@ameide/versioning-core';
import { problem } from './problems.ts';

/** Folders that are never part of an image made from files. */
const LEFT_OUT = new Set(['.git', 'node_modules']);

/** True for a path that an image leaves out without a word. */
export function isLeftOut(path: string): boolean {
  return path.split('/').some((part) => LEFT_OUT.has(part));
}

/**
 * The refusal, when one of the files usually holds credentials: an image that was pulled once
 * cannot be called back.
 */
export function secretFileProblem(
  files: readonly ArchiveEntry[],
  image: string,
): Problem | undefined {
  const found = secretFiles(files);
  if (found.length === 0) return undefined;
  const names = found
    .slice(0, 5)
    .map((path) => printable(path))
    .join(', ');
  return problem(
    'ghcr-secret-file',
    'input',
    `${image} would hold ${names}, which usually has credentials.`,
    {
      hint: 'Move it out of the directory, or delete it before the files are packed.',
    },
  );
}
