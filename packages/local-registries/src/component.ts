/**
 * A program or service that a test or the demo may need. `ocireg` is go-containerregistry's command
 * `registry`.
 */
export type ComponentName =
  | 'git'
  | 'go'
  | 'go-yaml'
  | 'go-reference'
  | 'python'
  | 'packaging'
  | 'pyyaml'
  | 'pip'
  | 'python-build'
  | 'uv'
  | 'twine'
  | 'poetry'
  | 'npm'
  | 'pnpm'
  | 'pypiserver'
  | 'devpi'
  | 'docker-registry'
  | 'ocireg'
  | 'referrers-registry'
  | 'docker-engine'
  | 'skopeo'
  | 'crane'
  | 'oras'
  | 'distribution'
  | 'actionlint'
  | 'zizmor'
  | 'cosign'
  | 'cosign-kms'
  | 'pypi-attestations'
  | 'cargo'
  | 'yarn'
  | 'bun'
  | 'git-lfs'
  | 'openssl'
  | 'docker-build'
  | 'chromium'
  | 'kubeconform'
  | 'kustomize'
  | 'gitea'
  | 'pulp'
  | 'sigstore'
  | 'kubernetes'
  | 'kyverno'
  | 'helm';

export interface Component {
  readonly available: boolean;
  /**
   * The path of the program. For a Python module, the interpreter that imports it; for Docker
   * Engine, its socket; for Go modules, the folder of all of them.
   */
  readonly path?: string;
  /**
   * The command line that starts it, `path` first: `['/usr/bin/python3', '-m', 'pip']`; kubeconform's names its
   * schemas. Absent for Docker Engine and Go modules.
   */
  readonly command?: readonly string[];
  /** The command that installs it. */
  readonly install: string;
  /** True if it is large, or takes minutes to build: without it, tests are skipped, even in CI. */
  readonly isOptional: boolean;
}

/** Where a component is; `undefined`: not on this machine. */
export type Found = Pick<Component, 'path' | 'command'> | undefined;
