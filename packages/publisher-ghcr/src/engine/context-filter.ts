import { lstat, readdir, readlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { compileGlob, createIgnores } from './dockerignore.ts';

/** The parts of a build context that BuildKit asks for. */
export interface ContextRequest {
  /** The patterns of `.dockerignore`. */
  readonly exclude: readonly string[];
  /** Patterns; an empty list means everything. */
  readonly include: readonly string[];
  /**
   * The sources of a `COPY`, as patterns: BuildKit then also wants the targets of links on the way.
   * An empty list means everything.
   */
  readonly follow: readonly string[];
}

/** `descend` asks about a folder: whether the build may want something in it. */
export interface ContextFilter {
  readonly wants: (path: string) => boolean;
  readonly descend: (folder: string) => boolean;
}

/** Reads a request like github.com/tonistiigi/fsutil, filter.go. */
export async function createFilter(
  root: string,
  { exclude, include, follow }: ContextRequest,
): Promise<ContextFilter> {
  const ignores = createIgnores(exclude);
  const hasExceptions = exclude.some((pattern) => pattern.startsWith('!'));
  const wanted = [...include, ...(await followLinks(root, follow))];
  const includes = wanted.length === 0 || wanted.includes('.') ? () => true : anyOf(wanted);
  const mayInclude = wanted.some(isGlob)
    ? () => true
    : (folder: string) => includes(folder) || wanted.some((path) => path.startsWith(`${folder}/`));
  return {
    wants: (path) => includes(path) && !ignores(path),
    descend: (folder) => mayInclude(folder) && (hasExceptions || !ignores(folder)),
  };
}

function anyOf(patterns: readonly string[]): (path: string) => boolean {
  const globs = patterns.map((pattern) => compileGlob(pattern) ?? /^(?!)/);
  return (path) => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1))
      if (globs.some((glob) => glob.test(path.slice(0, end)))) return true;
    return false;
  };
}

function isGlob(path: string): boolean {
  return /[*?[\\]/.test(path);
}

/**
 * Returns paths and patterns with every link on the way and its target. Links stay below the root,
 * as in the container: `/etc` and `../../etc` are both `etc`.
 */
async function followLinks(root: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const follow = async (path: string): Promise<void> => {
    const parts = posix.join('/', path).split('/').slice(1);
    for (let length = 1; length <= parts.length; length++) {
      const [here, rest] = [parts.slice(0, length).join('/'), parts.slice(length).join('/')];
      const targets = await linkTargets(root, here);
      if (targets.length === 0 && rest !== '') continue;
      if (found.has(here)) return;
      found.add(here === '' ? '.' : here);
      for (const target of targets) await follow(posix.join(target, rest));
      return;
    }
  };
  for (const path of paths) await follow(path);
  return found;
}

/** Returns the target of the link at a path, or of each link that a pattern matches. */
async function linkTargets(root: string, path: string): Promise<readonly string[]> {
  const folder = posix.dirname(path);
  const name = posix.basename(path);
  const glob = isGlob(name) ? compileGlob(name) : undefined;
  const names =
    glob === undefined
      ? [name]
      : (await readdir(join(root, folder)).catch(() => [])).filter((one) => glob.test(one));
  const targets: string[] = [];
  for (const one of names) {
    const absolute = join(root, folder, one);
    const isLink = await lstat(absolute).then(
      (entry) => entry.isSymbolicLink(),
      () => false,
    );
    if (isLink) targets.push(posix.resolve('/', folder, await readlink(absolute)));
  }
  return targets;
}
