import { openRepository, type Repository } from '@ameide/publisher-kit/git';
import { InvalidInputError } from '@ameide/versioning-core';

/** Opens the repository that `-C` names. Throws `InvalidInputError` with the option as its field. */
export async function openDirectory(directory: string): Promise<Repository> {
  try {
    return await openRepository(directory);
  } catch (error) {
    if (error instanceof InvalidInputError && error.field === 'directory')
      throw error.with({
        field: '-C',
        hint: `Change to the repository, or name it: -C DIR. ${error.hint ?? ''}`.trimEnd(),
      });
    throw error;
  }
}
