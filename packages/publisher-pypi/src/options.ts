import type { Http, Processes, Secret, SecretInput, Sleep } from '@ameide/publisher-kit';

/** What a release configuration gives to `pypi`. */
export interface PypiOptions {
  /**
   * Where pyproject.toml is, relative to the repository root, with `/`:
   * `packages/ameide_sdk_python`; `''` or `.` for the root.
   */
  readonly directory: string;
  /**
   * The legacy upload API. Default, when `simpleUrl` is left out too:
   * `https://upload.pypi.org/legacy/`.
   */
  readonly uploadUrl?: string;
  /**
   * The Simple API of the same index. Default, when `uploadUrl` is left out too:
   * `https://pypi.org/simple/`.
   */
  readonly simpleUrl?: string;
  /**
   * A function is asked once, when first needed. Left out: the environment's PYPI_TOKEN, else
   * UV_PUBLISH_TOKEN, else TWINE_PASSWORD. `undefined` and `''` mean none.
   */
  readonly token?: SecretInput | undefined;
  /** Default `__token__`, as PyPI's API tokens ask for. */
  readonly user?: string;
  /**
   * True for an index that takes local versions (`0.1.0.dev1+git.71e210b`); pypi.org does not.
   * Default false.
   */
  readonly localVersions?: boolean;
  /** Added to the build's environment: an index for build requirements, a compiler's flags. */
  readonly buildEnvironment?: Readonly<Record<string, string | Secret>>;
  /**
   * Files that are published although they look wrong, by their exact paths in the repository, in a
   * wheel, or below the folder of an sdist.
   */
  readonly allow?: readonly string[];
  /** The outside world, for tests. */
  readonly ports?: PypiPorts;
}

export interface PypiPorts {
  readonly http?: Http;
  readonly processes?: Processes;
  /** Where the default token is looked up. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Waits between two attempts to upload; rejects when the signal aborts. */
  readonly sleep?: Sleep;
}
