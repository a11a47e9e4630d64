import { placeAt } from '../text/place.ts';
import type { Dependency } from './dependency.ts';

/** A dependency, and how the file writes it. */
export interface Found {
  readonly dependency: Dependency;
  /** What the place gets for a requirement; undefined if that cannot be written there. */
  readonly write: (requirement: string) => string | undefined;
}

export type Reader = (path: string, text: string) => readonly Found[];

/** What cannot be read; its message follows "is not read:". */
export class UnreadableFile extends Error {}

interface FoundAt extends Omit<Dependency, 'place'> {
  readonly start: number;
  readonly end: number;
}

/** Makes a dependency of a place in a file. By default a requirement is written as it is. */
export function foundAt(
  path: string,
  text: string,
  { end, start, ...dependency }: FoundAt,
  write: Found['write'] = (requirement) => requirement,
): Found {
  return { dependency: { ...dependency, place: placeAt(path, text, start, end) }, write };
}

/** Writes only what is between `before` and `after`, which are elsewhere in the file. */
export function between(before: string, after: string): Found['write'] {
  return (requirement) =>
    requirement.length >= before.length + after.length &&
    requirement.startsWith(before) &&
    requirement.endsWith(after)
      ? requirement.slice(before.length, requirement.length - after.length)
      : undefined;
}
