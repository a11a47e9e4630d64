import {
  type Credential,
  createHttp,
  createProcesses,
  createRunAnswers,
  type Http,
  type Processes,
  type RunAnswers,
  type Secret,
  type Sleep,
  sleep,
  toSecret,
} from '@ameide/publisher-kit';
import { findIdentity, type Identity } from '@ameide/publisher-kit/identity';
import { InvalidInputError } from '@ameide/versioning-core';
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
  readonly attestations: boolean;
  readonly allow: readonly string[];
  /** Absent: whatever `distributions` are. */
  readonly formats?: readonly DistributionFormat[];
  readonly distributions?: readonly string[];
  readonly buildEnvironment: Readonly<Record<string, string | Secret>>;
  readonly http: Http;
  /** What the index answers to the steps of one run. */
  readonly answers: RunAnswers;
  readonly processes: Processes;
  readonly sleep: Sleep;
  /** True if the options have no token. */
  readonly takesCommonToken: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** Called once, when the token is first needed. */
  token(): Secret | undefined;
  /** True if the index gives tokens for the identity of a CI job. */
  readonly offersTrust: boolean;
  /** The identity to publish with; undefined if there is a token, or no identity. */
  trust(): Identity | undefined;
  /** The tokens that were made or got for the identity of the job so far. */
  readonly exchanged: Secret[];
  /**
   * The token, if it was needed before. A server that repeats it without having received it may
   * know it from another server.
   */
  knownToken(): Secret | undefined;
}

/** The environment variables that may contain the token, in order. */
export const TOKEN_VARIABLES: readonly string[] = [
  'PYPI_TOKEN',
  'UV_PUBLISH_TOKEN',
  'TWINE_PASSWORD',
];

/** The user name of every token. */
const TOKEN_USER = '__token__';

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
  const env = ports.env ?? process.env;
  const http = ports.http ?? createHttp();
  const offersTrust = decideTrust(options, address);
  let identity: { readonly found: Identity | undefined } | undefined;
  let looked: { readonly token: Secret | undefined } | undefined;
  const token = (): Secret | undefined => (looked ??= { token: tokenOf(options, env) }).token;
  return {
    directory,
    ...address,
    user: options.user ?? TOKEN_USER,
    localVersions,
    attestations: options.attestations ?? false,
    allow: options.allow ?? [],
    ...(formats === undefined ? {} : { formats }),
    ...(distributions === undefined ? {} : { distributions: [distributions].flat() }),
    buildEnvironment: options.buildEnvironment ?? {},
    http,
    answers: createRunAnswers(),
    processes: ports.processes ?? createProcesses(),
    sleep: ports.sleep ?? sleep,
    takesCommonToken: !('token' in options),
    env,
    token,
    offersTrust,
    // Where the job has no identity, the token is not read before it is needed.
    trust() {
      if (!offersTrust) return undefined;
      identity ??= { found: findIdentity(env, http) };
      return identity.found === undefined || token() !== undefined ? undefined : identity.found;
    },
    exchanged: [],
    knownToken: () => looked?.token,
  };
}

/**
 * True if the index gives tokens for the identity of a CI job, to the user `__token__`. Throws `InvalidInputError`: an
 * identity is not sent unencrypted.
 */
function decideTrust(options: PypiOptions, { uploadUrl }: IndexAddress): boolean {
  const { trustedPublishing = isPublicPypi(uploadUrl), user = TOKEN_USER } = options;
  if (options.trustedPublishing === true && isPlainHttp(uploadUrl)) {
    throw new InvalidInputError({
      field: 'trustedPublishing',
      received: 'true',
      expected: 'false for an index without https, which would see the identity of the job',
    });
  }
  return trustedPublishing && user === TOKEN_USER;
}

/** Returns what the index is asked with: the token, for the origin of uploads alone. */
export function credential(
  { uploadUrl, user }: PypiSettings,
  password: Secret,
): Extract<Credential, { scheme: 'basic' }> {
  const { origin } = new URL(uploadUrl);
  return { scheme: 'basic', origin, user, password, plainHttp: isPlainHttp(uploadUrl) };
}

/**
 * An explicit token option wins, even if it is empty, so that another index does not get pypi.org's
 * token by accident.
 */
function tokenOf(options: PypiOptions, env: NodeJS.ProcessEnv): Secret | undefined {
  if ('token' in options) return toSecret(options.token);
  return TOKEN_VARIABLES.map((name) => toSecret(env[name])).find((token) => token !== undefined);
}
