import type { GitRemoteOptions, Http, Processes, SecretInput } from '@ameide/publisher-kit';

/**
 * What `goModule` takes. With `mirror` the module lives in a repository of its own; without, in the
 * source repository.
 */
export interface GoModuleOptions {
  /**
   * The module's directory in the source repository, `packages/ameide_sdk_go`; `''` or `.` for its
   * root.
   */
  readonly directory: string;
  /**
   * Git URL of the repository that the module path leads to,
   * `https://github.com/ameideio/ameide-sdk-go.git`.
   */
  readonly mirror?: string;
  /**
   * In place: git URL that tags are pushed to. Default: the source repository's home on its host.
   */
  readonly remote?: string;
  /**
   * For pushing. Left out: the environment's GO_MIRROR_TOKEN (with `mirror`); for github.com alone
   * also GITHUB_TOKEN. `undefined` and `''` mean none.
   */
  readonly token?: SecretInput | undefined;
  /** The user name that goes with the token. Default `x-access-token`, as GitHub wants it. */
  readonly user?: string;
  /**
   * The mirror's moving branches. Default `main` for the highest release and `dev` for the newest
   * dev build.
   */
  readonly branches?: { readonly release?: string; readonly dev?: string };
  /** For tests. */
  readonly ports?: GoModulePorts;
}

export interface GoModulePorts {
  readonly http?: Http;
  readonly processes?: Processes;
  /** Where the default token is looked up. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Waits before a git command that got no answer is tried again; rejects on abort. */
  readonly sleep?: NonNullable<GitRemoteOptions['sleep']>;
}
