import { shownPath } from '@ameide/publisher-kit';
import { InvalidInputError } from '@ameide/versioning-core';

/**
 * What is wrong at one place of a file, without a word of its values: they may be secret, and
 * messages end up in logs.
 */
export interface Fault {
  /** 1-based. */
  readonly line?: number;
  readonly column?: number;
  /** `the key "port" is there twice`. */
  readonly what: string;
}

/** A fault of the file at `path`, relative to the repository root. */
export interface FileFault extends Fault {
  readonly path: string;
}

const SHOWN = 8;

/**
 * Throws `InvalidInputError`, code `configuration-invalid`, unless there are no faults. Names the
 * first few of them.
 */
export function refuse(faults: readonly FileFault[]): void {
  if (faults.length === 0) return;
  const count =
    faults.length > SHOWN ? `${faults.length}, the first ${SHOWN} being` : String(faults.length);
  throw new InvalidInputError(
    {
      field: 'directory',
      expected: `no fault in its files, found ${count}: ${faults.slice(0, SHOWN).map(shown).join('; ')}`,
      hint: 'Correct the files and commit them. Nothing was published.',
    },
    'configuration-invalid',
  );
}

function shown({ path, line, column, what }: FileFault): string {
  // As compilers write it, so that editors and terminals find the place.
  const place = line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`;
  return `${shownPath(path)}${place} ${what}`;
}
