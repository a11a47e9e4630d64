import type { Place } from '../text/place.ts';

/** One place where a file asks for a package or an image. */
export interface Dependency {
  readonly ecosystem: 'npm' | 'pypi' | 'go' | 'oci';
  /**
   * As in a coordinate: the npm name (for `npm:name@range` the one that is installed), the PyPI name normalised
   * (PEP 503), the Go module path, the image in full without tag and digest (`docker.io/library/nginx`).
   */
  readonly name: string;
  /**
   * What is asked for, as written: `^0.1.0`, `workspace:^`, `catalog:`, `>=0.1,<1`, `@ git+https://…`, `v0.1.0`;
   * for a table without a version, the table. For an image, what follows its name, with variables filled in:
   * `:0.1.0`, `@sha256:…`; `''` for none.
   */
  readonly requirement: string;
  /**
   * Where the file says it: `dependencies`, `catalog`, `catalogs.legacy`, `project.dependencies`,
   * `dependency-groups.dev`, `require`, `FROM`, `COPY --from`, `services.web.image`.
   */
  readonly field: string;
  /**
   * Where the requirement is: what an edit replaces. Several dependencies may share one place, as a YAML anchor and
   * its aliases do. If a variable holds the version, this is the place of the variable's value.
   */
  readonly place: Place;
  /** The key, if it differs from the name of the package that is installed: for `npm:` and `workspace:` with a name. */
  readonly alias?: string;
  /** For `replace` in a go.mod or go.work: the one version that is replaced; absent if all are. */
  readonly replaces?: string;
  /** True if the file pins the files of this version by their hashes (pip's `--hash`), which an edit makes wrong. */
  readonly isHashed?: true;
  /** True if it is asked for in some environments only: by a marker (PEP 508), or as Poetry writes one. */
  readonly isConditional?: true;
}

/** What files ask for. */
export interface Dependencies {
  /** By path, then by place. */
  readonly dependencies: readonly Dependency[];
  /** Files that could not be read. What they ask for is not known. */
  readonly unread: readonly UnreadFile[];
}

export interface UnreadFile {
  readonly path: string;
  /** To follow "is not read:" */
  readonly reason: string;
}
