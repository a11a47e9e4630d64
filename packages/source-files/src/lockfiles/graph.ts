import type { LockedPackage, Lockfile, LockfileKind } from './locked-package.ts';

/** A package in a lockfile. */
export interface LockedEntry
  extends Pick<LockedPackage, 'name' | 'version' | 'source' | 'directory'> {
  /** Computed only for what is asked for. */
  readonly line: () => number;
}

/** What a lockfile says, whatever its format. Packages have keys of the format's choice. */
export interface LockGraph {
  readonly ecosystem: LockedPackage['ecosystem'];
  readonly kind: LockfileKind;
  readonly path: string;
  /** By the project's folder, the keys of what it asks for itself. */
  readonly projects: ReadonlyMap<string, readonly string[]>;
  /** Undefined for what is only a step: an extra, for example. */
  entry(key: string): LockedEntry | undefined;
  /** The keys of what a package needs. */
  next(key: string): readonly string[];
}

/** Walks the graph from each project, when it is asked for. What is read of a package is kept for the others. */
export function lockfileOf(graph: LockGraph): Lockfile {
  const { kind, path, projects } = graph;
  const known = new Map<string, readonly LockedPackage[]>();
  const nodes = new Map<string, Node>();
  const nodeOf = (key: string): Node => {
    const node = nodes.get(key) ?? createNode(key, graph);
    nodes.set(key, node);
    return node;
  };
  return {
    path,
    kind,
    projects: [...projects.keys()],
    packagesOf(project) {
      const found = known.get(project) ?? walk(project, projects.get(project) ?? [], nodeOf);
      known.set(project, found);
      return found;
    },
  };
}

interface Node {
  readonly next: readonly string[];
  /** Absent for what is only a step. */
  readonly found?: {
    readonly identity: string;
    readonly asked: LockedPackage;
    readonly needed: LockedPackage;
  };
}

function createNode(key: string, graph: LockGraph): Node {
  const entry = graph.entry(key);
  const next = graph.next(key);
  if (entry === undefined) return { next };
  const { line, ...named } = entry;
  const { ecosystem, path } = graph;
  const needed = { ecosystem, ...named, path, line: line(), isDirect: false };
  const asked = { ...needed, isDirect: true };
  return { next, found: { identity: identityOf(needed), asked, needed } };
}

function walk(
  project: string,
  direct: readonly string[],
  nodeOf: (key: string) => Node,
): readonly LockedPackage[] {
  const isDirect = new Set(direct);
  const reached = new Set(direct);
  const packages = new Map<string, LockedPackage>();
  // Iterating over a set includes what is added meanwhile. Direct dependencies come first.
  for (const key of reached) {
    const { found, next } = nodeOf(key);
    const isItself = found?.needed.source === 'workspace' && found.needed.directory === project;
    if (isItself) continue;
    if (found !== undefined && !packages.has(found.identity))
      packages.set(found.identity, isDirect.has(key) ? found.asked : found.needed);
    for (const one of next) reached.add(one);
  }
  return [...packages.values()];
}

/** Variants with other peers are one version. */
function identityOf({
  directory = '',
  name,
  source,
  version,
}: Omit<LockedPackage, 'path'>): string {
  return JSON.stringify([name, version, source, directory]);
}

/** A lockfile of one project, without a graph: all that it has is what the project gets. */
export function flatLockfile(
  file: Pick<LockGraph, 'ecosystem' | 'kind' | 'path'>,
  project: string,
  packages: readonly Omit<LockedPackage, 'ecosystem' | 'path'>[],
): Lockfile {
  const { ecosystem, kind, path } = file;
  const found = new Map<string, LockedPackage>();
  for (const one of packages.toSorted((a, b) => Number(b.isDirect) - Number(a.isDirect)))
    addOnce(found, { ecosystem, path, ...one });
  return {
    path,
    kind,
    projects: [project],
    packagesOf: (asked) => (asked === project ? [...found.values()] : []),
  };
}

function addOnce(found: Map<string, LockedPackage>, one: LockedPackage): void {
  const identity = identityOf(one);
  if (!found.has(identity)) found.set(identity, one);
}
