import {
  createHttp,
  createProcesses,
  type Http,
  type Processes,
  type Secret,
  type SecretInput,
  type Sleep,
  sleep,
  toSecret,
} from '@ameide/publisher-kit';
import {
  type Coordinate,
  formatCoordinate,
  InvalidInputError,
  type Problem,
  parseRepositoryPath,
  problem,
  refuseUnknownOptions,
} from '@ameide/versioning-core';
import { type IndexAddress, indexAddress, isPublicPypi } from './index-address.ts';

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
   * A function is asked once, when first needed. Default: the environment's PYPI_TOKEN, then
   * UV_PUBLISH_TOKEN, then TWINE_PASSWORD.
   */
  readonly token?: SecretInput;
  /** Default `__token__`, as PyPI's API tokens ask for. */
  readonly user?: string;
  /**
   * True for an index that takes local versions (`0.1.0.dev1+git.71e210b`); pypi.org does not.
   * Default false.
   */
  readonly localVersions?: boolean;
  /** Added to the build's environment: an index for build requirements, a compiler's flags. */
  readonly buildEnvironment?: Readonly<Record<string, string | Secret>>;
  /** Files that are published although they look wrong, by their exact paths in the repository, in a wheel, or below the folder of an sdist. */
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

/** The options, checked and completed. */
export interface PypiSettings extends IndexAddress {
  /** Without a slash at either end; `''` for the repository root. */
  readonly directory: string;
  readonly user: string;
  readonly localVersions: boolean;
  readonly allow: readonly string[];
  readonly buildEnvironment: Readonly<Record<string, string | Secret>>;
  readonly http: Http;
  readonly processes: Processes;
  readonly sleep: Sleep;
  /** Looked for once, when first needed. */
  token(): Secret | undefined;
  /**
   * The token, if it was needed before: who answers without having been sent it may have it from
   * another server.
   */
  knownToken(): Secret | undefined;
}

/** The environment variables that may hold the token, first one first. */
const TOKEN_VARIABLES: readonly string[] = ['PYPI_TOKEN', 'UV_PUBLISH_TOKEN', 'TWINE_PASSWORD'];

const OPTIONS = [
  'directory',
  'uploadUrl',
  'simpleUrl',
  'token',
  'user',
  'localVersions',
  'buildEnvironment',
  'allow',
  'ports',
] as const;

/** Checks the options. Throws `InvalidInputError` that names the field. */
export function pypiSettings(options: PypiOptions): PypiSettings {
  refuseUnknownOptions(options, OPTIONS);
  const env = options.ports?.env ?? process.env;
  const address = indexAddress(options);
  const localVersions = options.localVersions ?? false;
  if (localVersions && isPublicPypi(address.uploadUrl)) {
    throw new InvalidInputError({
      field: 'localVersions',
      received: 'true',
      expected: 'false for pypi.org, which refuses local versions (`0.1.0+git.71e210b`)',
    });
  }
  let looked: { readonly token: Secret | undefined } | undefined;
  return {
    directory: parseRepositoryPath(options.directory),
    ...address,
    user: options.user ?? '__token__',
    localVersions,
    allow: options.allow ?? [],
    buildEnvironment: options.buildEnvironment ?? {},
    http: options.ports?.http ?? createHttp(),
    processes: options.ports?.processes ?? createProcesses(),
    sleep: options.ports?.sleep ?? sleep,
    token: () => (looked ??= { token: tokenOf(options.token, env) }).token,
    knownToken: () => looked?.token,
  };
}

/** Nothing to authenticate an upload with. */
export function noToken(coordinate: Coordinate): Problem {
  return problem({
    code: 'pypi-no-token',
    kind: 'authentication',
    message: `There is no token to upload ${formatCoordinate(coordinate)} with.`,
    coordinate: formatCoordinate(coordinate),
    hint: `Set ${TOKEN_VARIABLES[0]}, or give pypi({ token }). Tokens for pypi.org: https://pypi.org/manage/account/token/`,
  });
}

/**
 * A token that is given counts, also when it is none: an index other than pypi.org does not get
 * pypi.org's by accident.
 */
function tokenOf(
  given: SecretInput | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Secret | undefined {
  if (given !== undefined) return toSecret(given);
  return TOKEN_VARIABLES.map((name) => toSecret(env[name] ?? '')).find(
    (token) => token !== undefined,
  );
}
