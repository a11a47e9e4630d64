import { shownPath } from '@ameide/publisher-kit';
import { type Problem, problem } from '@ameide/versioning-core';

/** A place in a file, counted from 1. */
export interface Place {
  readonly line?: number;
  readonly column?: number;
}

/**
 * What is wrong at one place of a file. Shows no value: values may be secret, and messages end up
 * in logs.
 */
export interface Fault extends Place {
  /** `has the key "port" twice`. */
  readonly what: string;
}

/** A fault of the file at `path`, relative to the repository root. */
export interface FileFault extends Fault {
  readonly path: string;
}

/** A fault that a maintainer can have a reason for is allowed by the file's path. */
const HINTS = {
  'configuration-invalid':
    'Correct the file. If it is published as it is (a template): name it in the option allow.',
  'configuration-schema':
    'Correct the file or its schema. If the file is published as it is: name it in the option allow.',
  'configuration-lfs-file':
    'Keep the file in git itself. If the pointer is meant to be published: name it in the option allow.',
  'configuration-file': 'Rename it, or move it out of the directory.',
} as const;

export type FaultCode = keyof typeof HINTS;

/** The problem of a fault. */
export function faultProblem(code: FaultCode, { path, line, column, what }: FileFault): Problem {
  // As compilers write it, so that editors and terminals find the place.
  const place = [shownPath(path), line, column].filter((part) => part !== undefined).join(':');
  const message = `${place} ${what}.`;
  return problem({ code, kind: 'input', message, hint: HINTS[code], path, line, column });
}
