import { readdir, stat } from 'node:fs/promises';
import { sep } from 'node:path';

/** What is below a folder. */
export interface FoundFiles {
  /** Files that may be manifests, by their names, sorted. */
  readonly files: readonly string[];
  /** Helm charts, whose templates are left out. */
  readonly charts: readonly string[];
  /** Links to folders, which are not followed: they may lead anywhere, also back. */
  readonly links: readonly string[];
}

const NOTHING: FoundFiles = { files: [], charts: [], links: [] };

/** kustomize reads a file without an end, too (https://kubectl.docs.kubernetes.io/references/kustomize/glossary/#kustomization). */
const MAY_BE_MANIFEST = /\.(?:ya?ml|json)$|^Kustomization$/i;
const NOT_MANIFESTS: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/** A file by its path, or what is below a folder. Rejects with the error of the path that cannot be read. */
export async function findFiles(path: string): Promise<FoundFiles> {
  if (!(await stat(path)).isDirectory()) return { ...NOTHING, files: [path] };
  const entries = await readdir(path, { withFileTypes: true });
  const isChart = entries.some(({ name }) => name === 'Chart.yaml');
  const hasTemplates = isChart && entries.some(({ name }) => name === 'templates');
  const parts = await Promise.all(
    entries.map(async (entry): Promise<FoundFiles> => {
      // Not `join`: it would take `link/..` for the folder that the link is in.
      const child = path.endsWith(sep) ? `${path}${entry.name}` : `${path}${sep}${entry.name}`;
      if (entry.isDirectory())
        return NOT_MANIFESTS.has(entry.name) || (isChart && entry.name === 'templates')
          ? NOTHING
          : findFiles(child);
      if (!entry.isSymbolicLink())
        return entry.isFile() && MAY_BE_MANIFEST.test(entry.name)
          ? { ...NOTHING, files: [child] }
          : NOTHING;
      return findLink(child, entry.name);
    }),
  );
  return {
    files: parts.flatMap(({ files }) => files).toSorted(),
    charts: [...(hasTemplates ? [path] : []), ...parts.flatMap(({ charts }) => charts)],
    links: parts.flatMap(({ links }) => links),
  };
}

async function findLink(path: string, name: string): Promise<FoundFiles> {
  const isManifest = MAY_BE_MANIFEST.test(name);
  const target = await stat(path).catch((error: unknown) => {
    // Whoever applies the folder would fail with it.
    if (isManifest) throw error;
    return undefined;
  });
  if (target?.isDirectory() === true) return { ...NOTHING, links: [path] };
  return target?.isFile() === true && isManifest ? { ...NOTHING, files: [path] } : NOTHING;
}
