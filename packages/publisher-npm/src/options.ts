import { constants } from 'node:buffer';
import type {
  Http,
  Processes,
  RunAnswers,
  Secret,
  SecretInput,
  Sleep,
} from '@ameide/publisher-kit';
import type { Identity } from '@ameide/publisher-kit/identity';
import type { PointerPolicy } from '@ameide/versioning-core';
import type { Registry } from './manifest/registry.ts';

/** The options that a folder and a bundle share. */
export interface NpmTargetOptions {
  /**
   * Default `https://registry.npmjs.org`. May have a path; must not have credentials, a query or
   * plain http (except for loopback).
   */
  readonly registry?: string;
  /**
   * A token that may publish. Default: NPM_TOKEN, else NODE_AUTH_TOKEN, read when first needed.
   * `undefined` and `''` mean no token.
   */
  readonly token?: SecretInput | undefined;
  /**
   * Whether to publish with the identity of the CI job where there is no token. Default: true for
   * `https://registry.npmjs.org`, false for others. True for another registry that has npm's exchange of
   * identity tokens, with the audience `npm:<its host>`.
   */
  readonly trustedPublishing?: boolean;
  /**
   * For scoped packages. Default: the manifest's `publishConfig.access`, else the package's access
   * on the registry.
   */
  readonly access?: Access;
  /**
   * True: each version is published with a SLSA provenance, signed by Sigstore for the identity of the CI's
   * job, which the release definition's `identity` names. Needs `access: 'public'`, and GitHub Actions on a
   * machine of GitHub's, in a public repository. Default false.
   */
  readonly provenance?: boolean;
  /**
   * The dist-tags that each channel moves: one, several, or null for none. `X` and `Y` are numbers
   * of the version: `{ release: ['latest', 'release-X.Y'] }`. Default: `latest`, `next` and `dev`.
   */
  readonly distTags?: PointerPolicy;
  /** For tests. */
  readonly ports?: NpmPorts;
}

export interface NpmOptions extends NpmTargetOptions {
  /** The package's directory, relative to the repository root; `.` for the root itself. */
  readonly directory: string;
  /**
   * A command that runs in the package's folder before packing: `['pnpm', 'run', 'build']`. No
   * other program runs, not even a lifecycle script.
   */
  readonly build?: readonly [string, ...string[]];
  /**
   * Exact paths from the repository root of files to accept although they would be refused: files
   * that look like credentials, and files that package.json names but the package lacks.
   */
  readonly allow?: readonly string[];
}

export interface NpmBundleOptions extends NpmTargetOptions {
  /** An SPDX expression for the generated package.json: `Apache-2.0`. */
  readonly license?: string;
}

export type Access = 'public' | 'restricted';

export interface NpmPorts {
  readonly http?: Http;
  readonly processes?: Processes;
  /** Where the default token and the identity of the job are looked up. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Waits `ms` milliseconds between two attempts. Rejects when the signal aborts. */
  readonly sleep?: Sleep;
  /** How long to wait for the answer to an upload, in milliseconds. Default 120,000. */
  readonly uploadTimeoutMs?: number;
}

/** The checked options with their defaults. */
export interface Target {
  readonly registry: Registry;
  readonly access?: Access;
  readonly provenance: boolean;
  readonly distTags: Required<PointerPolicy>;
  readonly http: Http;
  /** What this package's registry answers to the steps of one run. */
  readonly answers: RunAnswers;
  readonly processes: Processes;
  readonly sleep: Sleep;
  readonly uploadTimeoutMs: number;
  /** True if the options have no token. */
  readonly takesCommonToken: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** Called when the token is first needed; then the result is kept. */
  token(): Secret | undefined;
  /** True if the registry gives tokens for the identity of a CI job. */
  readonly offersTrust: boolean;
  /** The audience of identity tokens for the registry: `npm:registry.npmjs.org`. */
  readonly audience: string;
  /** How to publish without a token; undefined if there is a token, or no identity. */
  trust(): Trust | undefined;
  /** The tokens that were made or got for the identity of the job so far. */
  readonly exchanged: Secret[];
}

/** Trusted publishing: the identity of the CI job instead of a token. */
export interface Trust {
  readonly identity: Identity;
  /** The dist-tag that each version was uploaded under in this run, by version. */
  readonly uploads: Map<string, UploadTag>;
}

/** The dist-tag of an upload, and the version that it named before; absent if it did not exist. */
export interface UploadTag {
  readonly tag: string;
  readonly from?: string;
}

export const NPMJS = 'https://registry.npmjs.org';

/**
 * Each upload gets this dist-tag, so that no other tag moves before the release is verified.
 * `promote` removes it.
 */
export const UPLOAD_TAG = 'incoming';

/**
 * The largest tarball, in bytes: npm's protocol sends it as base64 in one JSON text, with room for
 * the rest of it.
 */
export const LARGEST_TARBALL: number = Math.floor(
  ((constants.MAX_STRING_LENGTH - 2 ** 24) / 4) * 3,
);
