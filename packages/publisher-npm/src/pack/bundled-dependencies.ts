import { lstat, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isObject, type JsonObject } from '../manifest/json.ts';

/** What npm-packlist asks of a node of npm's tree of installed packages. */
interface TreeNode {
  readonly path: string;
  readonly package: JsonObject;
  readonly isProjectRoot: boolean;
  readonly isLink: false;
  readonly target: TreeNode;
  readonly edgesOut: Map<string, { readonly to: TreeNode }>;
}

/** The names of the dependencies that travel inside the package. */
export function bundledNames(manifest: JsonObject): readonly string[] {
  const named = manifest['bundleDependencies'] ?? manifest['bundledDependencies'];
  if (named === true) return keys(manifest['dependencies']);
  if (Array.isArray(named)) return named.filter((name) => typeof name === 'string');
  return keys(named);
}

/**
 * The package as npm-packlist takes it, with the installed packages that `bundleDependencies` names
 * and all that those depend on. Each is the one that Node would resolve. One above the package is left
 * out, as it has no path inside it, and so is a link, which a `file:` range makes: such a range is
 * refused.
 */
export async function bundledTree(folder: string, manifest: JsonObject): Promise<TreeNode> {
  const names = bundledNames(manifest);
  const root = makeNode(folder, { ...manifest, bundleDependencies: [...names] }, true);
  await addEdges(root, names, folder, new Map([[folder, root]]));
  return root;
}

async function addEdges(
  node: TreeNode,
  names: readonly string[],
  top: string,
  known: Map<string, TreeNode>,
): Promise<void> {
  for (const name of names) {
    const folder = await installedFolder(name, node.path, top);
    if (folder === undefined) continue;
    const seen = known.get(folder);
    const dependency = seen ?? makeNode(folder, await readPackage(folder), false);
    node.edgesOut.set(name, { to: dependency });
    if (seen !== undefined) continue;
    known.set(folder, dependency);
    const { dependencies, optionalDependencies } = dependency.package;
    await addEdges(dependency, [...keys(dependencies), ...keys(optionalDependencies)], top, known);
  }
}

/** https://nodejs.org/api/modules.html#loading-from-node_modules-folders */
async function installedFolder(
  name: string,
  from: string,
  top: string,
): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    const entry = await lstat(candidate).catch(() => undefined);
    if (entry?.isDirectory() === true && candidate.startsWith(`${top}/`)) return candidate;
    if (folder === top || folder === dirname(folder)) return undefined;
  }
}

async function readPackage(folder: string): Promise<JsonObject> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  const json: unknown = JSON.parse(text);
  return isObject(json) ? json : {};
}

function makeNode(path: string, manifest: JsonObject, isProjectRoot: boolean): TreeNode {
  const node = {
    path,
    package: manifest,
    isProjectRoot,
    isLink: false as const,
    edgesOut: new Map(),
  };
  return Object.assign(node, { target: node as unknown as TreeNode });
}

function keys(value: unknown): readonly string[] {
  return isObject(value) ? Object.keys(value) : [];
}
