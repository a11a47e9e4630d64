import { InvalidInputError } from '@ameide/versioning-core';
import type { Repository } from './repository.ts';

/**
 * Throws `InvalidInputError` with the code `shallow-clone`, because a commit's version depends on
 * its whole history.
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
      hint: 'In GitHub Actions set `fetch-depth: 0` for actions/checkout; elsewhere: git fetch --unshallow --tags',
    },
    'shallow-clone',
  );
}
