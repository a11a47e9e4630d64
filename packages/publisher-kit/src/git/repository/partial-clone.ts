import { InvalidInputError } from '@ameide/versioning-core';

/** The error for content that a partial clone lacks and that is needed now. */
export function partialClone(what: string): InvalidInputError {
  return new InvalidInputError(
    {
      field: 'repository',
      received: what,
      expected: 'a clone that has the content of this file',
      hint: FETCH_ALL,
    },
    'partial-clone',
  );
}

export const FETCH_ALL =
  'In a partial clone fetch what it lacks: git fetch --refetch --no-filter (actions/checkout: without filter and sparse-checkout).';

export function isPartialClone(error: unknown): boolean {
  return error instanceof InvalidInputError && error.code === 'partial-clone';
}
