import {
  createHttp,
  createProcesses,
  type Http,
  isLoopback,
  type Processes,
  type Secret,
  type SecretInput,
  type Sleep,
  sleep,
  toSecret,
} from '@ameide/publisher-kit';
import { InvalidInputError } from '@ameide/versioning-core';
import semver from 'semver';

/** What a folder and a bundle share. */
export interface NpmTargetOptions {
  /**
   * Default `https://registry.npmjs.org`. A path is fine; credentials, a query and plain http (but
   * for loopback) are not.
   */
  readonly registry?: string;
  /**
   * A token that may publish. Default: the environment's NPM_TOKEN, else NODE_AUTH_TOKEN, read when
   * first needed.
   */
  readonly token?: SecretInput;
  /**
   * For scoped packages. Default: the manifest's `publishConfig.access`, else what the registry has
   * for the package.
   */
  readonly access?: Access;
  /** Another dist-tag for a channel, or null for none. Default: `latest`, `next` and `dev`. */
  readonly distTags?: DistTags;
  /** For tests. */
  readonly ports?: NpmPorts;
}

export interface NpmOptions extends NpmTargetOptions {
  /** Of the package, relative to the repository root; `.` for the root itself. */
  readonly directory: string;
  /**
   * argv run in the package's folder before packing: `['pnpm', 'run', 'build']`. The only program
   * that is run: no lifecycle script is.
   */
  readonly build?: readonly [string, ...string[]];
  /**
   * Files that are refused otherwise, by their exact paths from the repository root: ones that look
   * like they hold credentials, and ones that the package names and that it will not hold.
   */
  readonly allow?: readonly string[];
}

export interface NpmBundleOptions extends NpmTargetOptions {
  /** An SPDX expression for the generated package.json: `Apache-2.0`. */
  readonly license?: string;
}

export type Access = 'public' | 'restricted';

export interface DistTags {
  readonly release?: string | null;
  readonly candidate?: string | null;
  readonly dev?: string | null;
}

export interface NpmPorts {
  readonly http?: Http;
  readonly processes?: Processes;
  /** Waits so many milliseconds between two attempts; rejects when the signal aborts. */
  readonly sleep?: Sleep;
}

export interface Registry {
  /** Without a trailing slash. */
  readonly url: string;
  readonly origin: string;
}

/** The options, checked, with their defaults: what every verb works with. */
export interface Target {
  readonly registry: Registry;
  readonly access?: Access;
  readonly distTags: DistTags;
  readonly http: Http;
  readonly processes: Processes;
  readonly sleep: Sleep;
  /** Asked for when first needed, then kept. */
  token(): Secret | undefined;
}

export const NPMJS = 'https://registry.npmjs.org';

/**
 * The dist-tag an upload gets, so that no tag people use moves before the release is verified.
 * `promote` removes it.
 */
export const HOLDING_TAG = 'incoming';

/** Checks the options. Throws `InvalidInputError`, codes `npm-option` and `npm-dist-tag`. */
export function parseTarget(options: NpmTargetOptions): Target {
  const { access, distTags = {}, ports = {} } = options;
  if (access !== undefined && access !== 'public' && access !== 'restricted') {
    throw new InvalidInputError(
      { field: 'access', received: String(access), expected: 'public or restricted' },
      'npm-option',
    );
  }
  refuseTags(distTags);
  let kept: Secret | undefined;
  return {
    registry: registryOption(options.registry ?? NPMJS),
    distTags,
    http: ports.http ?? createHttp(),
    processes: ports.processes ?? createProcesses(),
    sleep: ports.sleep ?? sleep,
    ...(access === undefined ? {} : { access }),
    token() {
      kept ??= toSecret(
        options.token ?? (() => process.env['NPM_TOKEN'] || process.env['NODE_AUTH_TOKEN']),
      );
      return kept;
    },
  };
}

/** Undefined for what is not an address that a token may be sent to. */
export function parseRegistry(address: string): Registry | undefined {
  const url = URL.parse(address);
  if (
    url === null ||
    !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))
  )
    return undefined;
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return plain ? { url: url.href.replace(/\/+$/, ''), origin: url.origin } : undefined;
}

function registryOption(address: string): Registry {
  const registry = parseRegistry(address);
  if (registry !== undefined) return registry;
  const expected =
    'an https address without credentials and query (plain http for loopback only), for example https://registry.npmjs.org';
  // An address with a credential in it, wherever it stands, must not be repeated.
  const received = /[@?#]/.test(address) ? {} : { received: address };
  throw new InvalidInputError(
    { field: 'registry', expected, ...received, hint: 'Hand the token in as the option token.' },
    'npm-option',
  );
}

function refuseTags(distTags: DistTags): void {
  for (const [channel, tag] of Object.entries(distTags)) {
    const field = `distTags.${channel}`;
    if (!['release', 'candidate', 'dev'].includes(channel)) {
      throw new InvalidInputError(
        { field, expected: 'one of the channels release, candidate and dev' },
        'npm-dist-tag',
      );
    }
    if (tag === null || tag === undefined) continue;
    refuseTag(field, String(tag));
    if (tag === 'latest' && channel !== 'release') {
      throw new InvalidInputError(
        { field, received: tag, expected: 'another tag: latest names stable versions only' },
        'npm-dist-tag',
      );
    }
  }
}

/**
 * The registry refuses a tag that is also a SemVer range (`7`, `v1`, `x`): `name@7` would mean two
 * things.
 */
export function refuseTag(field: string, tag: string): void {
  const plain = /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(tag) && semver.validRange(tag) === null;
  if (plain && tag !== HOLDING_TAG) return;
  const hint =
    tag === HOLDING_TAG
      ? 'That tag holds uploads until they are verified.'
      : 'Tags that are SemVer ranges (7, v1, x) are refused by npm.';
  throw new InvalidInputError(
    { field, received: tag, expected: 'a dist-tag, for example latest', hint },
    'npm-dist-tag',
  );
}
