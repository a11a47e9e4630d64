import { isAbsolute, relative } from 'node:path';

/**
 * Returns a path relative to a folder, as this system writes it, and empty for the folder itself;
 * undefined if it is not in the folder. Both are absolute. Follows no links.
 */
export function pathInside(folder: string, path: string): string | undefined {
  const found = relative(folder, path);
  return found.startsWith('..') || isAbsolute(found) ? undefined : found;
}
