import type { BuildVariable, Http, Processes, SecretInput, Sleep } from '@ameide/publisher-kit';
import type { PointerPolicy } from '@ameide/versioning-core';
import type Dockerode from 'dockerode';
import type { SignOption } from './sign/sign-option.ts';

/** The options of every image. */
export interface ImageOptions {
  /** The absolute path of the files in the image. Default `/`. */
  readonly path?: string;
  /**
   * `linux/arm64`: the image is for this platform. A list makes an index with an image for each
   * of its platforms. Default: an index for every platform, as files are the same on each; for a
   * Dockerfile one image for the engine's own.
   */
  readonly platform?: string | readonly string[];
  /**
   * Further labels and annotations. Revision, version and created come from the commit and cannot
   * be set.
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * The tags that each channel moves: one, several, or null for none, as where tags are immutable.
   * `X` and `Y` are numbers of the version: `{ release: ['latest', 'X.Y', 'X'], dev: 'edge' }`.
   * Default: `X.Y` and `latest` for a release, none for a candidate, `dev` for a dev build.
   */
  readonly movingTags?: PointerPolicy;
  /**
   * The registry's API, if it is not `https://<host of the image>` (plain http for a loopback
   * host).
   */
  readonly registry?: string;
  /**
   * GitHub's REST API, with which `prune` deletes because GHCR itself cannot. Default:
   * `https://api.github.com` for ghcr.io, `https://HOST/api/v3` for `containers.HOST`. No other
   * registry needs it. It gets the registry's token.
   */
  readonly packagesApi?: string;
  /** Default: GITHUB_ACTOR, or `token`: with a token GHCR accepts any user. */
  readonly user?: string;
  /**
   * Default: for ghcr.io GHCR_TOKEN or GITHUB_TOKEN, else what `docker login` stored for the
   * registry. `undefined` and `''` mean no token.
   */
  readonly token?: SecretInput | undefined;
  /**
   * Signs every image, by its digest, and attests to the commit that it was built from. Default: not
   * signed.
   */
  readonly sign?: SignOption;
  /**
   * With `sign`: an SBOM of the image, a file of the checkout that is there once the image is built:
   * `packages/sdk/dist/sbom.spdx.json`. SPDX or CycloneDX, in JSON. It is signed, and attached to the
   * image. Default: none.
   */
  readonly sbom?: string;
  /** Everything outside that tests can replace. */
  readonly ports?: GhcrPorts;
}

export interface GhcrOptions extends ImageOptions {
  /** `ghcr.io/ameideio/ameide-sdk-ts`: host[:port]/repository, without a tag. */
  readonly image: string;
  /**
   * A directory of the repository, packed without a daemon into an image of one layer; or one for
   * each platform: `{ 'linux/amd64': 'dist/linux_amd64', … }`. Set either this or `dockerfile`.
   */
  readonly files?: string | Readonly<Record<string, string>>;
  /**
   * Patterns of the files to pack, as lines of a .gitignore in the directory `files`: `['bin/',
   * '*.json']`. Each must name a file. Default: every file.
   */
  readonly include?: readonly string[];
  /** Patterns of files not to pack, whatever `include` names: `['*.map', '/test']`. */
  readonly exclude?: readonly string[];
  /** With `files`: what a container of the image runs. Default: nothing, the image is only files. */
  readonly run?: RunOptions;
  /** An image that Docker Engine builds. Set either this or `files`. */
  readonly dockerfile?: DockerfileOptions;
  /**
   * A command that runs before the files are packed: in the directory `files`, or in the nearest one
   * above it that the commit has.
   */
  readonly build?: readonly [string, ...string[]];
  /** True if the commit lacks the directory `files`, and the release's `prepare` makes it. */
  readonly fromCheckout?: boolean;
  /**
   * Exact repository paths to accept although they would be refused: files that look like
   * credentials, links that lead out of `files`, programs of another platform, and missing content of
   * Git LFS and submodules.
   */
  readonly allow?: readonly string[];
}

/** The execution parameters of an image (OCI image-spec, config.md, "Properties"). */
export interface RunOptions {
  /** The program, by its absolute path in the image, and its arguments. */
  readonly entrypoint?: readonly [string, ...string[]];
  /** Default arguments of the entrypoint; without an entrypoint the program and its arguments. */
  readonly command?: readonly string[];
  /** `uid` or `uid:gid`, in numbers: Kubernetes checks no others, and the image has no /etc/passwd. */
  readonly user?: string;
  /** Never for secrets: everybody who pulls the image can read them. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Absolute. Default `/`. */
  readonly workingDirectory?: string;
  /** `['8080/tcp', '53/udp']`. */
  readonly exposedPorts?: readonly string[];
}

export interface DockerfileOptions {
  /** The build context: a directory of the repository, '' or '.' for its root. */
  readonly directory: string;
  /** The Dockerfile, relative to `directory`. Default `Dockerfile`. */
  readonly file?: string;
  /**
   * Values, or variables of the release: `{ NODE: '24', VERSION: { env: 'AMEIDE_NPM_VERSION' } }`.
   * Under its own name (`ARG AMEIDE_SHA`) a Dockerfile gets each of them anyway. Never for secrets:
   * anyone can read build arguments in the image's history.
   */
  readonly buildArgs?: Readonly<Record<string, string | { readonly env: BuildVariable }>>;
  /**
   * Variables of the environment for `RUN --mount=type=secret,id=npmrc`: `{ npmrc: { env: 'NPMRC' } }`.
   * They are in no layer, history or log, and must be set.
   */
  readonly secrets?: Readonly<Record<string, { readonly env: string }>>;
  /** The stage to build. */
  readonly target?: string;
}

export interface GhcrPorts {
  readonly env?: NodeJS.ProcessEnv;
  readonly http?: Http;
  readonly processes?: Processes;
  readonly sleep?: Sleep;
  /** Returns milliseconds that never decrease. */
  readonly now?: () => number;
  /** Connects to Docker Engine. Default: by DOCKER_HOST and its like, or the local socket. */
  readonly docker?: () => Dockerode;
}
