import type { Http, Processes, Secret, SecretInput, Sleep } from '@ameide/publisher-kit';

/** The index, and what it is asked with. */
export interface PypiIndexOptions {
  /**
   * The legacy upload API. Default, only if `simpleUrl` is omitted, too:
   * `https://upload.pypi.org/legacy/`.
   */
  readonly uploadUrl?: string;
  /**
   * The Simple API of the same index. Default, only if `uploadUrl` is omitted, too:
   * `https://pypi.org/simple/`.
   */
  readonly simpleUrl?: string;
  /**
   * The hosts of these addresses that have no https, each with its port unless that is 80:
   * `['pypi.corp.example:8080']`. The token and the files go there unencrypted; `plan` notes it.
   */
  readonly plainHttp?: readonly string[];
  /**
   * A function is called once, when the token is first needed. Default: PYPI_TOKEN, else
   * UV_PUBLISH_TOKEN, else TWINE_PASSWORD. `undefined` and `''` mean no token.
   */
  readonly token?: SecretInput | undefined;
  /**
   * Whether to publish with the identity of the CI job where there is no token. Default: true for
   * pypi.org and test.pypi.org, false for others. True for another index that has PyPI's
   * `/_/oidc/audience` and `/_/oidc/mint-token` at the origin of `uploadUrl`.
   */
  readonly trustedPublishing?: boolean;
  /**
   * True: each file is uploaded with an attestation (PEP 740): a SLSA provenance, signed by Sigstore for the
   * identity of the CI job, which the release definition's `identity` names. PyPI takes it with trusted
   * publishing alone. Default false.
   */
  readonly attestations?: boolean;
  /** Default `__token__`, which PyPI's API tokens require. */
  readonly user?: string;
  /**
   * True for an index that accepts local versions (`0.1.0.dev1+git.71e210b`); pypi.org does not.
   * Default false.
   */
  readonly localVersions?: boolean;
  /** Everything outside that tests can replace. */
  readonly ports?: PypiPorts;
}

/** The options of `pypi.bundle`. */
export interface PypiBundleOptions extends PypiIndexOptions {
  /** An SPDX expression for the metadata: `Apache-2.0`. */
  readonly license?: string;
  /** The module that consumers import. Default: the project's name with `_`. */
  readonly module?: string;
}

/** The options of `pypi`. */
export interface PypiOptions extends PypiIndexOptions {
  /**
   * The directory of pyproject.toml, relative to the repository root, with `/`:
   * `packages/ameide_sdk_python`; `''` or `.` for the root.
   */
  readonly directory: string;
  /** What to build and publish. Default both; with `distributions` whatever these are. */
  readonly formats?: readonly DistributionFormat[];
  /**
   * Publishes these files instead of building: paths or glob patterns, relative to the root of the
   * checkout after `prepare` (`sdk/dist/*`), or absolute, for files of other machines. One, or a list.
   */
  readonly distributions?: string | readonly string[];
  /** Further variables for the build: an index for build requirements, a compiler's flags. */
  readonly buildEnvironment?: Readonly<Record<string, string | Secret>>;
  /**
   * Exact paths of files to publish although they look wrong: in the repository, in a wheel, or
   * below the top folder of an sdist.
   */
  readonly allow?: readonly string[];
}

export type DistributionFormat = 'sdist' | 'wheel';

export interface PypiPorts {
  readonly http?: Http;
  readonly processes?: Processes;
  /** Where the default token and the identity of the job are looked up. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Waits between two attempts to upload. Rejects when the signal aborts. */
  readonly sleep?: Sleep;
}
