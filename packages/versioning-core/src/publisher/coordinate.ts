/** The ecosystems that we publish to. */
export type Ecosystem = 'npm' | 'pypi' | 'go' | 'oci';

/**
 * One artifact version in one ecosystem. `npm:@scope/name@1.2.3`, `pypi:name==1.2.3`,
 * `go:module/path@v1.2.3`, `oci:host/repository:tag` or `oci:host/repository@sha256:…`.
 */
export interface Coordinate {
  readonly ecosystem: Ecosystem;
  /** npm package name, normalised PyPI project name, Go module path, or OCI `host/repository`. */
  readonly name: string;
  /**
   * The version as the registry serves it. For OCI an immutable tag or a digest `sha256:<64 hex>`;
   * in a Go mirror also its tag `source-<sha>`.
   */
  readonly version: string;
}

/** A name that we can move on a registry: an npm dist-tag, an OCI tag, a branch of a Go mirror. */
export interface Pointer {
  readonly ecosystem: Ecosystem;
  /** As in `Coordinate`. */
  readonly name: string;
  /** `dev`, `latest`, `next`, `0.1`. */
  readonly pointer: string;
  /** The immutable version that the pointer should name. */
  readonly version: string;
}
