import {
  type Credential,
  createHttp,
  createProcesses,
  type Http,
  type Processes,
  type Secret,
  type Sleep,
  sleep,
  toSecret,
} from '@ameide/publisher-kit';
import {
  type Coordinate,
  formatCoordinate,
  InvalidInputError,
  type Problem,
  problem,
} from '@ameide/versioning-core';
import { type IndexAddress, indexAddress, isPublicPypi } from './index-address.ts';
import type { DistributionFormat, PypiOptions } from './options.ts';
import { parseOptions } from './parse-options.ts';
import { checkPlainHttp, isPlainHttp } from './plain-http.ts';

/** The checked options with their defaults. */
export interface PypiSettings extends IndexAddress {
  /** Without a slash at either end; `''` for the repository root. */
  readonly directory: string;
  readonly user: string;
  readonly localVersions: boolean;
  readonly allow: readonly string[];
  /** Absent: whatever `distributions` are. */
  readonly formats?: readonly DistributionFormat[];
  readonly distributions?: readonly string[];
  readonly buildEnvironment: Readonly<Record<string, string | Secret>>;
  readonly http: Http;
  readonly processes: Processes;
  readonly sleep: Sleep;
  /** True if the options have no token. */
  readonly takesCommonToken: boolean;
  /** Called once, when the token is first needed. */
  token(): Secret | undefined;
  /**
   * The token, if it was needed before. A server that repeats it without having received it may
   * know it from another server.
   */
  knownToken(): Secret | undefined;
}

/** The environment variables that may contain the token, in order. */
const TOKEN_VARIABLES: readonly string[] = ['PYPI_TOKEN', 'UV_PUBLISH_TOKEN', 'TWINE_PASSWORD'];

const BOTH: readonly DistributionFormat[] = ['sdist', 'wheel'];

/** Checks the options. Throws `InvalidInputError` that names the field. */
export function pypiSettings(given: PypiOptions): PypiSettings {
  const options = parseOptions(given);
  const { directory, distributions, localVersions = false, ports = {} } = options;
  const formats = options.formats ?? (distributions === undefined ? BOTH : undefined);
  checkPlainHttp(options);
  const address = indexAddress(options);
  if (localVersions && isPublicPypi(address.uploadUrl)) {
    throw new InvalidInputError({
      field: 'localVersions',
      received: 'true',
      expected: 'false for pypi.org, which refuses local versions (`0.1.0+git.71e210b`)',
    });
  }
  let looked: { readonly token: Secret | undefined } | undefined;
  return {
    directory,
    ...address,
    user: options.user ?? '__token__',
    localVersions,
    allow: options.allow ?? [],
    ...(formats === undefined ? {} : { formats }),
    ...(distributions === undefined ? {} : { distributions: [distributions].flat() }),
    buildEnvironment: options.buildEnvironment ?? {},
    http: ports.http ?? createHttp(),
    processes: ports.processes ?? createProcesses(),
    sleep: ports.sleep ?? sleep,
    takesCommonToken: !('token' in options),
    token: () => (looked ??= { token: tokenOf(options) }).token,
    knownToken: () => looked?.token,
  };
}

/** Returns what the index is asked with: the token, for the origin of uploads alone. */
export function credential(
  { uploadUrl, user }: PypiSettings,
  password: Secret,
): Extract<Credential, { scheme: 'basic' }> {
  const { origin } = new URL(uploadUrl);
  return { scheme: 'basic', origin, user, password, plainHttp: isPlainHttp(uploadUrl) };
}

/** The problem of an upload without a token. */
export function noToken({ takesCommonToken }: PypiSettings, coordinate: Coordinate): Problem {
  return problem({
    code: 'pypi-no-token',
    kind: 'authentication',
    message: `There is no token to upload ${formatCoordinate(coordinate)} with.`,
    coordinate: formatCoordinate(coordinate),
    hint: takesCommonToken
      ? `Set ${TOKEN_VARIABLES[0]}, or give pypi({ token }). Tokens for pypi.org: https://pypi.org/manage/account/token/`
      : `The option token of this entry is empty: check where its value comes from. If the option is set, ${TOKEN_VARIABLES.join(' and ')} are not read.`,
  });
}

/**
 * An explicit token option wins, even if it is empty, so that another index does not get pypi.org's
 * token by accident.
 */
function tokenOf(options: PypiOptions): Secret | undefined {
  if ('token' in options) return toSecret(options.token);
  const env = options.ports?.env ?? process.env;
  return TOKEN_VARIABLES.map((name) => toSecret(env[name])).find((token) => token !== undefined);
}
