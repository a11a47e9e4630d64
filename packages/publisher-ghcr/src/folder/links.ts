import { pathBelow, type SourceTree } from '@ameide/versioning-core';

/** Where each link of a folder points, as it is written, by the link's path in the folder. */
export type Links = ReadonlyMap<string, string>;

/** The links below a directory of a commit. */
export async function linksOf(source: SourceTree, directory: string): Promise<Links> {
  const links = new Map<string, string>();
  for (const { path, mode } of await source.list(directory)) {
    const target = mode === 'symlink' ? await source.readLink(path) : undefined;
    if (target !== undefined) links.set(pathBelow(directory, path), target);
  }
  return links;
}

/** Linux's limit: after it a path fails with ELOOP. */
const MOST_LINKS = 40;

/**
 * The path that a path leads to when every link on the way is followed; undefined for links that
 * lead to each other. `leaves`: a link on the way is absolute or leads above the folder. There the
 * way goes on from the folder's root, as it does in a container.
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
