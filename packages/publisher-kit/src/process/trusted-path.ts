import { realpathSync } from 'node:fs';
import { devNull } from 'node:os';
import { delimiter, isAbsolute } from 'node:path';
import { workTreeAround } from './work-tree.ts';

/**
 * The working trees of the repositories that this process has opened. Every `createProcesses` has to
 * know them, and publishers make their own before a repository is opened.
 */
const workTrees = new Set<string>();

/** From now on takes no trusted program from the working tree that contains this directory. */
export function distrustWorkTree(directory: string): void {
  const root = workTreeAround(real(directory));
  if (root !== undefined) workTrees.add(root);
}

/**
 * Returns the environment with the entries of PATH from which a program that gets a credential may
 * come. Leaves out those that a commit or a dependency can fill: relative and empty ones, which
 * depend on the working directory, `node_modules/.bin`, which `pnpm exec` and `npx` put first, and
 * folders of an opened repository, also behind a symbolic link.
 */
export function trustedEnvironment(
  environment: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      name.toUpperCase() === 'PATH' ? trustedPath(value) : value,
    ]),
  );
}

function trustedPath(path: string): string {
  const folders = path.split(delimiter).filter(isTrusted);
  // An empty PATH would mean the working directory.
  return folders.length === 0 ? devNull : folders.join(delimiter);
}

function isTrusted(folder: string): boolean {
  return isAbsolute(folder) && [folder, real(folder)].every((one) => !canBeFilled(one));
}

/** True for a path, absolute, of a file or folder that a commit or a dependency can bring. */
function canBeFilled(path: string): boolean {
  const isDependency = /[/\\]node_modules(?:[/\\]|$)/.test(path);
  return isDependency || [...workTrees].some((root) => `${path}/`.startsWith(`${root}/`));
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
