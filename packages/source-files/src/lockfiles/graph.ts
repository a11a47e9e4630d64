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

/** Walks the graph from each project, when it is asked for. */
export function lockfileOf(graph: LockGraph): Lockfile {
  const { kind, path, projects } = graph;
  const known = new Map<string, readonly LockedPackage[]>();
  return {
    path,
    kind,
    projects: [...projects.keys()],
    packagesOf(project) {
      const found = known.get(project) ?? packagesOf(project, graph);
      known.set(project, found);
      return found;
    },
  };
}

function packagesOf(project: string, graph: LockGraph): readonly LockedPackage[] {
  const direct = graph.projects.get(project) ?? [];
  const reached = new Set(direct);
  const found = new Map<string, LockedPackage>();
  const isDirect = new Set(direct);
  // A set is walked through what is added meanwhile, too.
  for (const key of reached) {
    const entry = graph.entry(key);
    const isItself = entry?.source === 'workspace' && entry.directory === project;
    if (isItself) continue;
    if (entry !== undefined) add(found, packageOf(entry, isDirect.has(key), graph));
    for (const next of graph.next(key)) reached.add(next);
  }
  return [...found.values()];
}

function packageOf(
  { line, ...entry }: LockedEntry,
  isDirect: boolean,
  { ecosystem, path }: LockGraph,
): LockedPackage {
  return { ecosystem, ...entry, path, line: line(), isDirect };
}

/** Variants with other peers are one version. What is asked for directly comes first in a walk. */
function add(found: Map<string, LockedPackage>, one: LockedPackage): void {
  const { directory = '', name, source, version } = one;
  const key = JSON.stringify([name, version, source, directory]);
  if (!found.has(key)) found.set(key, one);
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
    add(found, { ecosystem, path, ...one });
  return {
    path,
    kind,
    projects: [project],
    packagesOf: (asked) => (asked === project ? [...found.values()] : []),
  };
}
