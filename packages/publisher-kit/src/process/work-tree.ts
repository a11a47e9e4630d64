import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Returns the top of the working tree that contains an absolute directory: the nearest folder with a
 * `.git`. Undefined outside of one. Asks the file system alone, because which git to ask may depend
 * on the answer.
 */
export function workTreeAround(directory: string): string | undefined {
  if (existsSync(join(directory, '.git'))) return directory;
  const parent = dirname(directory);
  return parent === directory ? undefined : workTreeAround(parent);
}
