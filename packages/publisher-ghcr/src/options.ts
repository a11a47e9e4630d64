import type { Http, Processes, SecretInput } from '@ameide/publisher-kit';
import { InvalidInputError, parseRepositoryPath, received } from '@ameide/versioning-core';
import type Dockerode from 'dockerode';
import type { Platform } from './image/assemble.ts';
import { CREATED, REVISION, VERSION } from './image/media-types.ts';
import type { Sleep } from './push.ts';

/** What every image has, whatever it is made from. */
export interface ImageOptions {
  /** Where the files go in the image, absolute. Default `/`. */
  readonly path?: string;
  /** `os/architecture[/variant]`. Default `linux/amd64`. */
  readonly platform?: string;
  /** Further labels and annotations. Revision, version and created are the commit's own and cannot be set. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The registry's API, when it is not `https://<host of the image>` (plain http for a loopback host). */
  readonly registry?: string;
  /** Default: the environment's GITHUB_ACTOR, or `token`: GHCR takes any user with a token. */
  readonly user?: string;
  /** Default for ghcr.io alone: the environment's GHCR_TOKEN or GITHUB_TOKEN. */
  readonly token?: SecretInput;
  /** The outside world; for tests. */
  readonly ports?: GhcrPorts;
}

export interface GhcrOptions extends ImageOptions {
  /** `ghcr.io/ameideio/ameide-sdk-ts`: host[:port]/repository, without a tag. */
  readonly image: string;
  /** A directory of the repository, packed into an image of one layer without a daemon. Either this or `dockerfile`. */
  readonly files?: string;
  /** An image that Docker Engine builds. Either this or `files`. */
  readonly dockerfile?: DockerfileOptions;
  /** Runs in the `files` directory before it is packed; argv. */
  readonly build?: readonly [string, ...string[]];
}

export interface DockerfileOptions {
  /** The build context: a directory of the repository, '' or '.' for its root. */
  readonly directory: string;
  /** The Dockerfile, relative to `directory`. Default `Dockerfile`. */
  readonly file?: string;
  /** Never for secrets: build arguments stay readable in the image's history. */
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** The stage to build. */
  readonly target?: string;
}

export interface GhcrPorts {
  readonly env?: NodeJS.ProcessEnv;
  readonly http?: Http;
  readonly processes?: Processes;
  readonly sleep?: Sleep;
  /** Milliseconds, never going back. */
  readonly now?: () => number;
  /** Connects to Docker Engine; by default from DOCKER_HOST and its like, or the local socket. */
  readonly docker?: () => Dockerode;
}

const RESERVED = new Set([REVISION, VERSION, CREATED]);
const PLATFORM = /^([a-z0-9]+)\/([a-z0-9]+)(?:\/(v[0-9]+))?$/;

/** `linux/arm/v7` in its parts. Throws `InvalidInputError`. */
export function parsePlatform(value = 'linux/amd64'): Platform {
  const [, os, architecture, variant] = PLATFORM.exec(value) ?? [];
  if (os !== undefined && architecture !== undefined) return { os, architecture, ...(variant === undefined ? {} : { variant }) };
  throw new InvalidInputError({ field: 'platform', received: value, expected: 'os/architecture[/variant], for example linux/arm64' });
}

/** The path of a Dockerfile below its build context. Throws `InvalidInputError`. */
export function parseDockerfile(value: unknown = 'Dockerfile'): string {
  const refusal = {
    field: 'dockerfile.file',
    received: received(value),
    expected: 'a file below dockerfile.directory, for example Dockerfile',
  };
  try {
    const path = parseRepositoryPath(value);
    if (path !== '') return path;
  } catch {
    // Its words are of the root of the repository.
  }
  throw new InvalidInputError(refusal);
}

/** The `path` option as a prefix of archive paths: `/opt/sdk` → `opt/sdk/`, `/` → ''. */
export function parseImagePath(value = '/'): string {
  const inner = value.replace(/^\/|\/$/g, '');
  const safe = inner.split('/').every((part) => part !== '' && part !== '.' && part !== '..') && !/[\\\x00-\x1f\x7f]/.test(inner);
  if (value.startsWith('/') && (inner === '' || safe)) return inner === '' ? '' : `${inner}/`;
  throw new InvalidInputError({ field: 'path', received: value, expected: 'an absolute path in the image, for example /opt/sdk' });
}

/** Throws `InvalidInputError` for a label that the commit sets, or that has no name. */
export function parseLabels(labels: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(labels)) {
    if (name !== '' && typeof value === 'string' && !RESERVED.has(name)) continue;
    throw new InvalidInputError({ field: `labels.${name}`, expected: 'text under a name other than revision, version and created' });
  }
  return labels;
}
