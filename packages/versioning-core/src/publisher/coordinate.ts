/** The ecosystems that we publish to. */
export type Ecosystem = 'npm' | 'pypi' | 'go' | 'oci' | 'github';

/**
 * One artifact version in one ecosystem. `npm:@scope/name@1.2.3`, `pypi:name==1.2.3`,
 * `go:module/path@v1.2.3`, `oci:host/repository:tag` or `oci:host/repository@sha256:…`,
 * `github:owner/repository@v1.2.3`.
 */
export interface Coordinate {
  readonly ecosystem: Ecosystem;
  /**
   * npm package name, normalised PyPI project name, Go module path, OCI `host/repository`, or the
   * `owner/repository` of a GitHub release.
   */
  readonly name: string;
  /**
   * The version as the registry serves it. For OCI an immutable tag or a digest `sha256:<64 hex>`;
   * in a Go mirror also its tag `source-<sha>`. Of a GitHub release its tag.
   */
  readonly version: string;
}

/**
 * A name that a release moves on a registry: an npm dist-tag, a moving OCI tag, a branch of a Go mirror,
 * the mark "latest" of GitHub releases.
 */
export interface Pointer {
  readonly ecosystem: Ecosystem;
  /** As in `Coordinate`. */
  readonly name: string;
  /** `dev`, `latest`, `next`, `0.1`. */
  readonly pointer: string;
  /** The immutable version that the pointer should name. */
  readonly version: string;
}
