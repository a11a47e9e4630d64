import type { Place } from '../text/place.ts';

/** One place where a file asks for a package or an image. */
export interface Dependency {
  readonly ecosystem: 'npm' | 'pypi' | 'go' | 'oci';
  /**
   * As in a coordinate: the npm name, the PyPI name normalised (PEP 503), the Go module path, the image in
   * full without tag and digest (`docker.io/library/nginx`).
   */
  readonly name: string;
  /**
   * What is asked for, as written: `^0.1.0`, `workspace:^`, `catalog:`, `>=0.1,<1`, `v0.1.0`. Of an image what
   * comes after its name: `:0.1.0`, `@sha256:…`; `''` for none.
   */
  readonly requirement: string;
  /** Where the file says it: `dependencies`, `catalogs.legacy`, `project.dependencies`, `require`, `FROM`. */
  readonly field: string;
  /** Of the requirement's text: what an edit replaces. */
  readonly place: Place;
}
