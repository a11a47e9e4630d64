import type { Dependency } from '@ameide/source-files/dependencies';
import type { Edit } from '@ameide/source-files/text';

/** A file that changes. */
export interface PlannedFile {
  /** Relative to the repository's root, as are all paths here. */
  readonly path: string;
  /** Without a BOM; absent for a file that is not there yet. */
  readonly before?: string;
  readonly text: string;
  /** What makes `text` of `before`, in order. */
  readonly edits: readonly Edit[];
  /** Empty for a lockfile. */
  readonly changes: readonly ConsumeChange[];
}

/** One place that asks for another version. */
export interface ConsumeChange extends PlaceInFile {
  /** `''` for none. */
  readonly from: string;
  readonly to: string;
}

/** One place that stays as it is. */
export interface KeptPlace extends PlaceInFile {
  readonly requirement: string;
  /** To follow "left alone:" */
  readonly reason: string;
}

interface PlaceInFile {
  readonly path: string;
  readonly line: number;
  readonly ecosystem: Dependency['ecosystem'];
  readonly name: string;
  readonly field: string;
}

export function placeOf({ ecosystem, field, name, place }: Dependency): PlaceInFile {
  const { line, path } = place;
  return { path, line, ecosystem, name, field };
}
