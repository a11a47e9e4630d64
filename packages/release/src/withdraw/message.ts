import type { Coordinate } from '@ameide/versioning-core';
import type { Selection } from './choose-versions.ts';

/** The message for people who install a withdrawn version. */
export function messageFor(
  { name }: Pick<Coordinate, 'name'>,
  replacement: string | undefined,
  { version }: Selection,
): string {
  const why =
    version === undefined
      ? 'published before versions followed the commits of the repository'
      : 'withdrawn';
  return replacement === undefined ? why : `${why}: use ${name}@${replacement}`;
}
