import { pathBelow, type SourceTree } from '@ameide/versioning-core';

/** The target of each link in a folder, as written, by the link's path. */
export type Links = ReadonlyMap<string, string>;

/** Returns the links below a directory of a commit. */
export async function linksOf(source: SourceTree, directory: string): Promise<Links> {
  const links = new Map<string, string>();
  for (const { path, mode } of await source.list(directory)) {
    const target = mode === 'symlink' ? await source.readLink(path) : undefined;
    if (target !== undefined) links.set(pathBelow(directory, path), target);
  }
  return links;
}

/** Linux's limit; with more links a path fails with ELOOP. */
const MOST_LINKS = 40;

/**
 * Follows every link on a path and returns the final path; undefined for links that form a loop.
 * `leaves`: a link on the way is absolute or leads above the folder. Then the path continues from
 * the folder's root, as in a container.
 */
export function followLinks(
  links: Links,
  path: string,
): { readonly path: string; readonly leaves: boolean } | undefined {
  const parts = path.split('/');
  const reached: string[] = [];
  let followed = 0;
  let leaves = false;
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    if (part === '..') leaves = reached.pop() === undefined || leaves;
    else if (part !== '' && part !== '.') reached.push(part);
    const target = links.get(reached.join('/'));
    if (target === undefined) continue;
    if (++followed > MOST_LINKS) return undefined;
    if (target.startsWith('/')) {
      leaves = true;
      reached.length = 0;
    } else reached.pop();
    parts.unshift(...target.split('/'));
  }
  return { path: reached.join('/'), leaves };
}
