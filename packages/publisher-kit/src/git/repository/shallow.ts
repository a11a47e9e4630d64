import { InvalidInputError } from '@ameide/versioning-core';
import type { Repository } from './repository.ts';

/**
 * Throws `InvalidInputError` with code `shallow-clone`: without its whole history a commit's
 * version cannot be told.
 */
export async function refuseShallow(
  repository: Pick<Repository, 'isShallow' | 'root'>,
): Promise<void> {
  if (!(await repository.isShallow())) return;
  throw new InvalidInputError(
    {
      field: 'repository',
      received: repository.root,
      expected: 'a clone with its whole history and its tags',
      hint: 'In GitHub Actions give actions/checkout `fetch-depth: 0`; elsewhere: git fetch --unshallow --tags',
    },
    'shallow-clone',
  );
}
