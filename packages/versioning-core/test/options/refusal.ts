import { expect } from 'vitest';
import { InvalidInputError } from '../../src/index.ts';

/** What a check throws: an `InvalidInputError` whose every text a terminal can show. */
export function refusal(check: () => unknown): InvalidInputError {
  let thrown: unknown;
  try {
    check();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(InvalidInputError);
  const error = thrown as InvalidInputError;
  expect(shown(error)).toMatch(/^[\x20-\x7e\n]+$/);
  expect(error.field).not.toBe('');
  return error;
}

/** Everything that people and programs are shown of an error. */
export function shown(error: InvalidInputError): string {
  return [error.message, error.received, error.hint, JSON.stringify(error)].join('\n');
}
