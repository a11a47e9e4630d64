import { lstat, readFile, readlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isObject, type JsonObject } from '@ameide/source-files/json';
import { bundledNames, dependencyNames } from '../manifest/bundled.ts';

/** The parts of npm's tree of installed packages that npm-packlist uses. */
interface TreeNode {
  readonly path: string;
  readonly package: JsonObject;
  readonly isProjectRoot: boolean;
  readonly isLink: boolean;
  /** For a link the node that it leads to, else the node itself. */
  readonly target: TreeNode;
  readonly edgesOut: Map<string, { readonly to: TreeNode }>;
}

/** Where dependencies are looked for. */
interface InstalledPackages {
  /** The package's folder. */
  readonly top: string;
  /** The folder that links must stay in; absent if the package manager bundles no links. */
  readonly linksWithin: string | undefined;
  /** Nodes by their paths. */
  readonly known: Map<string, TreeNode>;
}

/**
 * Returns the package as npm-packlist's input, with the installed packages in `bundleDependencies`
 * and all their dependencies, each as Node would resolve it. Leaves out packages above this one,
 * because they have no path inside it. npm makes a link for a `file:` range and packs its target;
 * pnpm bundles only real folders (with `nodeLinker: hoisted`).
 */
export async function bundledTree(
  folder: string,
  manifest: JsonObject,
  linksWithin?: string,
): Promise<TreeNode> {
  const names = bundledNames(manifest);
  const root = makeNode(folder, { ...manifest, bundleDependencies: [...names] }, true);
  await addEdges(root, names, { top: folder, linksWithin, known: new Map([[folder, root]]) });
  return root;
}

async function addEdges(
  node: TreeNode,
  names: readonly string[],
  installed: InstalledPackages,
): Promise<void> {
  for (const name of names) {
    const dependency = await findInstalled(name, node.path, installed);
    if (dependency !== undefined) node.edgesOut.set(name, { to: dependency });
  }
}

/** https://nodejs.org/api/modules.html#loading-from-node_modules-folders */
async function findInstalled(
  name: string,
  from: string,
  installed: InstalledPackages,
): Promise<TreeNode | undefined> {
  const { top } = installed;
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    const entry = await lstat(candidate).catch(() => undefined);
    if (candidate.startsWith(`${top}/`)) {
      if (entry?.isDirectory() === true) return openNode(candidate, installed);
      if (entry?.isSymbolicLink() === true) return openLink(candidate, installed);
    }
    if (folder === top || folder === dirname(folder)) return undefined;
  }
}

async function openLink(path: string, installed: InstalledPackages): Promise<TreeNode | undefined> {
  const { linksWithin } = installed;
  const end = resolve(dirname(path), await readlink(path));
  if (linksWithin === undefined || !end.startsWith(`${linksWithin}/`)) return undefined;
  const target = await openNode(end, installed);
  return { ...target, path, isLink: true, target };
}

async function openNode(path: string, installed: InstalledPackages): Promise<TreeNode> {
  const seen = installed.known.get(path);
  if (seen !== undefined) return seen;
  const node = makeNode(path, await readInstalled(path), false);
  installed.known.set(path, node);
  const { dependencies, optionalDependencies } = node.package;
  const names = [...dependencyNames(dependencies), ...dependencyNames(optionalDependencies)];
  await addEdges(node, names, installed);
  return node;
}

async function readInstalled(folder: string): Promise<JsonObject> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  const json: unknown = JSON.parse(text);
  return isObject(json) ? json : {};
}

function makeNode(path: string, manifest: JsonObject, isProjectRoot: boolean): TreeNode {
  const node = { path, package: manifest, isProjectRoot, isLink: false, edgesOut: new Map() };
  return Object.assign(node, { target: node as unknown as TreeNode });
}
