import { shownPath } from '@ameide/publisher-kit';
import { type Problem, problem } from '@ameide/versioning-core';

/** A position in a file, counted from 1. */
export interface Position {
  readonly line?: number;
  readonly column?: number;
}

/**
 * What is wrong at one position of a file. Shows no value, because values may be secret and
 * messages end up in logs.
 */
export interface Fault extends Position {
  /** `has the key "port" twice`. */
  readonly what: string;
}

/** A fault in the file at `path`. */
export interface FileFault extends Fault {
  readonly path: string;
  /** True if a maintainer may have a reason for it and can allow it by the file's path. */
  readonly mayBeAllowed?: boolean;
}

/** How many faults of one file to report one by one. */
const FEW = 8;

/** Returns the first few faults of a file, and one that counts the others. */
export function firstFew<T>(items: readonly T[], fault: (item: T) => Fault): readonly Fault[] {
  const few = items.slice(0, FEW).map(fault);
  const more = items.length - few.length;
  return more === 0 ? few : [...few, { what: `has ${more} more faults` }];
}

const HINTS = {
  'configuration-invalid':
    "Correct the file, or say by the option formats what it is: 'text' for a template, 'jsonc' for JSON with comments.",
  'configuration-ambiguous': 'Correct the file.',
  'configuration-overlay': 'Correct the file or the option overlays.',
  'configuration-schema': 'Correct the file, its schema or the option schemas.',
  'configuration-file': 'Rename it, or move it out of the directory.',
} as const;

export type FaultCode = keyof typeof HINTS;

/** A sentence about a fault, in the form of compilers: editors and terminals find the position. */
export function faultMessage({ path, line, column, what }: FileFault): string {
  const position = [shownPath(path), line, column].filter((part) => part !== undefined).join(':');
  return `${position} ${what}.`;
}

/** Turns a fault into a problem. `path` is relative to the repository root. */
export function faultProblem(code: FaultCode, fault: FileFault): Problem {
  const { path, line, column, mayBeAllowed = false } = fault;
  const allow = mayBeAllowed ? ' To publish it unchanged, name it in the option allow.' : '';
  return problem({
    code,
    kind: 'input',
    message: faultMessage(fault),
    hint: `${HINTS[code]}${allow}`,
    path,
    line,
    column,
  });
}
