import type { Http, Processes, Secret, SecretInput, Sleep } from '@ameide/publisher-kit';
import type { Registry } from './manifest/registry.ts';

/** What a folder and a bundle share. */
export interface NpmTargetOptions {
  /**
   * Default `https://registry.npmjs.org`. A path is fine; credentials, a query and plain http (but
   * for loopback) are not.
   */
  readonly registry?: string;
  /**
   * A token that may publish. Left out: the environment's NPM_TOKEN, else NODE_AUTH_TOKEN, read when
   * first needed. `undefined` and `''` mean none.
   */
  readonly token?: SecretInput | undefined;
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
