import { setTimeout as delay } from 'node:timers/promises';
import {
  createHttp,
  createProcesses,
  type Http,
  isLoopback,
  type Processes,
  type Secret,
  type SecretInput,
  toSecret,
} from '@ameide/publisher-kit';
import { type Coordinate, formatCoordinate, InvalidInputError, type Problem, refuseUnknownOptions } from '@ameide/versioning-core';
import { problem } from './problems.ts';

/** What a release configuration gives to `pypi`. */
export interface PypiOptions {
  /** Where pyproject.toml is, relative to the repository root, with `/`: `packages/ameide_sdk_python`; `''` or `.` for the root. */
  readonly directory: string;
  /** The legacy upload API. Default `https://upload.pypi.org/legacy/`. */
  readonly uploadUrl?: string;
  /** The Simple API. Default `https://pypi.org/simple/`. */
  readonly simpleUrl?: string;
  /** Default: the environment's PYPI_TOKEN, then UV_PUBLISH_TOKEN, then TWINE_PASSWORD. */
  readonly token?: SecretInput;
  /** Default `__token__`, as PyPI's API tokens ask for. */
  readonly user?: string;
  /** True for an index that takes local versions (`0.1.0.dev1+git.71e210b`); pypi.org does not. Default false. */
  readonly localVersions?: boolean;
  /** Added to the build's environment: an index for build requirements, a compiler's flags. */
  readonly buildEnvironment?: Readonly<Record<string, string | Secret>>;
  /** The outside world, for tests. */
  readonly ports?: PypiPorts;
}

export interface PypiPorts {
  readonly http?: Http;
  readonly processes?: Processes;
  /** Where the default token is looked up. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Waits between two attempts to upload; rejects when the signal aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The options, judged and completed. */
export interface PypiSettings {
  /** Without a slash at either end; `''` for the repository root. */
  readonly directory: string;
  readonly uploadUrl: string;
  /** With a slash at its end. */
  readonly simpleUrl: string;
  readonly user: string;
  readonly localVersions: boolean;
  readonly buildEnvironment: Readonly<Record<string, string | Secret>>;
  readonly http: Http;
  readonly processes: Processes;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Asked when first needed. */
  token(): Secret | undefined;
}

/** The environment variables that may hold the token, first one first. */
const TOKEN_VARIABLES: readonly string[] = ['PYPI_TOKEN', 'UV_PUBLISH_TOKEN', 'TWINE_PASSWORD'];

const OPTIONS = ['directory', 'uploadUrl', 'simpleUrl', 'token', 'user', 'localVersions', 'buildEnvironment', 'ports'] as const;

/** Judges the options. Throws `InvalidInputError` that names the field. */
export function pypiSettings(options: PypiOptions): PypiSettings {
  refuseUnknownOptions(options, OPTIONS);
  const env = options.ports?.env ?? process.env;
  const uploadUrl = indexUrl(options.uploadUrl ?? 'https://upload.pypi.org/legacy/', 'uploadUrl').href;
  const localVersions = options.localVersions ?? false;
  if (localVersions && isPublicPypi(uploadUrl)) {
    throw new InvalidInputError({
      field: 'localVersions',
      received: 'true',
      expected: 'false for pypi.org, which refuses local versions (`0.1.0+git.71e210b`)',
    });
  }
  return {
    directory: directory(options.directory),
    uploadUrl,
    simpleUrl: withSlash(indexUrl(options.simpleUrl ?? 'https://pypi.org/simple/', 'simpleUrl')),
    user: options.user ?? '__token__',
    localVersions,
    buildEnvironment: options.buildEnvironment ?? {},
    http: options.ports?.http ?? createHttp(),
    processes: options.ports?.processes ?? createProcesses(),
    sleep: options.ports?.sleep ?? ((ms, signal) => delay(ms, undefined, { signal })),
    token: () =>
      toSecret(options.token) ?? toSecret(TOKEN_VARIABLES.map((name) => env[name]).find((value) => value !== undefined && value !== '')),
  };
}

/** Nothing to authenticate an upload with. */
export function noToken(coordinate: Coordinate): Problem {
  return problem('pypi-no-token', 'authentication', `There is no token to upload ${formatCoordinate(coordinate)} with.`, {
    coordinate: formatCoordinate(coordinate),
    hint: `Set ${TOKEN_VARIABLES[0]}, or give pypi({ token }). Tokens for pypi.org: https://pypi.org/manage/account/token/`,
  });
}

/** Whether an upload address is pypi.org's or test.pypi.org's. */
export function isPublicPypi(uploadUrl: string): boolean {
  const { hostname } = new URL(uploadUrl);
  return hostname === 'pypi.org' || hostname.endsWith('.pypi.org');
}

function indexUrl(text: string, field: string): URL {
  if (URL.canParse(text)) {
    const url = new URL(text);
    const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
    if (plain && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) return url;
  }
  // The text is not shown: it may hold a password.
  throw new InvalidInputError({
    field,
    expected:
      'an https URL without user, password, query or fragment, for example https://upload.pypi.org/legacy/ (plain http only to this machine)',
    hint: 'Give credentials as user and token.',
  });
}

function withSlash(url: URL): string {
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

function directory(text: string): string {
  const parts = text.replace(/\/+$/, '').split('/');
  if (text === '' || text === '.') return '';
  if (parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\\p{C}]/u.test(part))) return parts.join('/');
  throw new InvalidInputError({
    field: 'directory',
    received: text,
    expected: 'a path relative to the repository root with "/", for example packages/ameide_sdk_python',
  });
}
