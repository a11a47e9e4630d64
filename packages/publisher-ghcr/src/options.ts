import type { Http, Processes, SecretInput, Sleep } from '@ameide/publisher-kit';
import type Dockerode from 'dockerode';

/** The options of every image. */
export interface ImageOptions {
  /** Where the files go in the image, absolute. Default `/`. */
  readonly path?: string;
  /** `os/architecture[/variant]`. Default `linux/amd64`. */
  readonly platform?: string;
  /**
   * Further labels and annotations. Revision, version and created are the commit's own and cannot
   * be set.
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * The registry's API, when it is not `https://<host of the image>` (plain http for a loopback
   * host).
   */
  readonly registry?: string;
  /** Default: the environment's GITHUB_ACTOR, or `token`: GHCR takes any user with a token. */
  readonly user?: string;
  /**
   * Left out: for ghcr.io alone, the environment's GHCR_TOKEN or GITHUB_TOKEN. `undefined` and `''`
   * mean none.
   */
  readonly token?: SecretInput | undefined;
  /** The outside world; for tests. */
  readonly ports?: GhcrPorts;
}

export interface GhcrOptions extends ImageOptions {
  /** `ghcr.io/ameideio/ameide-sdk-ts`: host[:port]/repository, without a tag. */
  readonly image: string;
  /**
   * A directory of the repository, packed into an image of one layer without a daemon. Either this
   * or `dockerfile`.
   */
  readonly files?: string;
  /** An image that Docker Engine builds. Either this or `files`. */
  readonly dockerfile?: DockerfileOptions;
  /** Runs in the `files` directory before it is packed; argv. */
  readonly build?: readonly [string, ...string[]];
  /**
   * Exact repository paths of what would be refused: files that look like they hold credentials,
   * links that lead out of `files`, and what this clone lacks of Git LFS and submodules.
   */
  readonly allow?: readonly string[];
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
