import { InvalidInputError } from '@ameide/versioning-core';

/** The InvalidInputError that a call throws or rejects with; fails when it does neither. */
export async function invalidInput(call: () => unknown): Promise<InvalidInputError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof InvalidInputError) return error;
    throw error;
  }
  throw new Error('expected an InvalidInputError, but nothing was thrown');
}
